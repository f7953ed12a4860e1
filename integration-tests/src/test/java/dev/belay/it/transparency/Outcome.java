package dev.belay.it.transparency;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.zip.CRC32;

/** What a call came to, as text: its value, or its exception's type and message. */
final class Outcome {
  private Outcome() {}

  static String of(Callable<?> call) {
    try {
      return text(call.call());
    } catch (ExecutionException e) {
      return text(e.getCause());
    } catch (Exception | AssertionError e) {
      return text(e);
    }
  }

  static String text(Object value) {
    if (value instanceof Throwable failure) {
      return failure.getClass().getName() + ": " + failure.getMessage();
    }
    if (value instanceof byte[] bytes) {
      CRC32 crc = new CRC32();
      crc.update(bytes);
      return bytes.length + " bytes, crc " + Long.toHexString(crc.getValue());
    }
    return String.valueOf(value);
  }
}
