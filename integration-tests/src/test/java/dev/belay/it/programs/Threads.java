package dev.belay.it.programs;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ThreadFactory;

/** Kinds of threads; the virtual ones by reflection, so that this compiles for JDK 17. */
enum Threads {
  PLATFORM {
    @Override
    ThreadFactory factory() {
      return Thread::new;
    }
  },
  VIRTUAL {
    @Override
    ThreadFactory factory() {
      try {
        Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
        Class<?> type = Class.forName("java.lang.Thread$Builder");
        return (ThreadFactory) type.getMethod("factory").invoke(builder);
      } catch (NoSuchMethodException
          | ClassNotFoundException
          | IllegalAccessException
          | InvocationTargetException e) {
        throw new IllegalStateException("no virtual threads here", e);
      }
    }
  };

  abstract ThreadFactory factory();
}
