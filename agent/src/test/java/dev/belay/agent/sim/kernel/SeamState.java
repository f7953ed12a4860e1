package dev.belay.agent.sim.kernel;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import sun.nio.ch.BelayEvents;
import sun.nio.ch.BelaySeam;

/**
 * The static fields of the seam, which every JVM has once: put in place when a simulated JVM begins
 * to run, taken out when another does.
 */
final class SeamState {
  private static final int FIRST_NUMBERS = 256;
  private static final List<Field> FIELDS = find();

  private final Object[] values = new Object[FIELDS.size()];

  SeamState() {
    for (int i = 0; i < values.length; i++) {
      values[i] = fresh(FIELDS.get(i).getType());
    }
  }

  /** The loader has taken away that some are final. */
  private static List<Field> find() {
    List<Field> found = new ArrayList<>();
    for (Field field : BelaySeam.class.getDeclaredFields()) {
      Class<?> type = field.getType();
      boolean isState = type.isArray() || type == Map.class || type == BelayEvents.class;
      if (Modifier.isStatic(field.getModifiers()) && isState) {
        field.setAccessible(true);
        found.add(field);
      }
    }
    return found;
  }

  private static Object fresh(Class<?> type) {
    if (type.isArray()) {
      return Array.newInstance(type.getComponentType(), FIRST_NUMBERS);
    }
    return type == Map.class ? new ConcurrentHashMap<>() : null;
  }

  void putInPlace() {
    try {
      for (int i = 0; i < values.length; i++) {
        FIELDS.get(i).set(null, values[i]);
      }
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  void takeOut() {
    try {
      for (int i = 0; i < values.length; i++) {
        values[i] = FIELDS.get(i).get(null);
      }
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }
}
