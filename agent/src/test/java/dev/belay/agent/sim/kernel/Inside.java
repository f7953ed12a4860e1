package dev.belay.agent.sim.kernel;

import dev.belay.agent.cluster.LogWriter;
import dev.belay.agent.config.Settings;
import dev.belay.agent.door.ServerSide;
import dev.belay.agent.loop.EventLoop;
import dev.belay.agent.report.AgentLog;
import dev.belay.agent.takeover.ClientSide;
import java.lang.instrument.Instrumentation;
import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Set;

/** Starts the product's agent as its Bootstrap does, and looks at what it made. */
public final class Inside {
  private static final String AGENT = "dev.belay.agent.Agent";

  private Inside() {}

  /** The agent of the JVM that is running, started; nothing is woven, so with what is no matter. */
  public static Object start(Settings settings) {
    try {
      Class<?> type = Class.forName(AGENT);
      Constructor<?> constructor =
          type.getDeclaredConstructor(Settings.class, Instrumentation.class);
      constructor.setAccessible(true);
      Object agent = constructor.newInstance(settings, null);
      Method start = type.getDeclaredMethod("start", boolean.class);
      start.setAccessible(true);
      start.invoke(agent, false);
      return agent;
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Null while nothing is protected yet. */
  private static Object running(Object agent) {
    return get(agent, "running");
  }

  /** Of a JVM that is in a cluster. */
  static LogWriter writerOf(Object agent) {
    return (LogWriter) get(get(serverOf(agent), "cluster"), "writer");
  }

  /** The server is to be emptied. */
  public static void drain(Object agent) {
    try {
      Method drain = agent.getClass().getDeclaredMethod("drain");
      drain.setAccessible(true);
      drain.invoke(agent);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  static EventLoop loopOf(Object agent) {
    return (EventLoop) get(running(agent), "loop");
  }

  /** Null while nothing is protected yet. */
  public static ClientSide clientOf(Object agent) {
    Object running = running(agent);
    return running == null ? null : (ClientSide) get(running, "client");
  }

  /** Null while nothing is protected yet. */
  public static ServerSide serverOf(Object agent) {
    Object running = running(agent);
    return running == null ? null : (ServerSide) get(running, "server");
  }

  /** What is warned of once in the life of a JVM is warned of again in the next run. */
  public static void forgetWarnings() {
    try {
      Field warned = AgentLog.class.getDeclaredField("WARNED");
      warned.setAccessible(true);
      ((Set<?>) warned.get(null)).clear();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The value of a private field, declared in the object's class or above. */
  public static Object get(Object object, String name) {
    for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
      try {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(object);
      } catch (NoSuchFieldException e) {
        continue;
      } catch (IllegalAccessException e) {
        throw new IllegalStateException(e);
      }
    }
    throw new IllegalStateException("no field " + name + " in " + object.getClass());
  }
}
