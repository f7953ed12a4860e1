package dev.belay.agent.sim.jdk;

import java.io.FileDescriptor;

/** For JavaIOFileDescriptorAccess. */
public interface DescriptorNumbers {
  int get(FileDescriptor fd);
}
