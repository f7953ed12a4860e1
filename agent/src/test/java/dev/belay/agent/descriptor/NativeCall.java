package dev.belay.agent.descriptor;

import java.io.IOException;
import java.nio.ByteBuffer;
import sun.nio.ch.BelayNative;

/** The second half of a call of the woven dispatcher, for tests that put something in between. */
final class NativeCall {
  private NativeCall() {}

  /** The native read and what the hook makes of it, after a begin that said GO. */
  static int read(Application application, ByteBuffer target) throws IOException {
    long address = JdkMemory.addressOf(target) + target.position();
    int n;
    try {
      n = BelayNative.read(application.fd(), target);
    } catch (IOException e) {
      return application.guarded().readFailed(e);
    }
    return application.guarded().endRead(address, n);
  }

  /** The native write and what the hook makes of it, after a begin that said GO. */
  static int write(Application application, ByteBuffer source) throws IOException {
    long address = JdkMemory.addressOf(source) + source.position();
    int n;
    try {
      n = BelayNative.write(application.fd(), source);
    } catch (IOException e) {
      return application.guarded().writeFailed(e);
    }
    return application.guarded().endWrite(address, n);
  }
}
