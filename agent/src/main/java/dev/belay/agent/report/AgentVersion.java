package dev.belay.agent.report;

import java.io.File;
import java.io.IOException;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipFile;

/** The version in the manifest of the agent's jar. */
public final class AgentVersion {

  /** Of an agent that does not run from its jar. */
  public static final String UNKNOWN = "unknown";

  private AgentVersion() {}

  /** The version of that jar, or {@link #UNKNOWN}. */
  public static String of(File agentJar) {
    try (JarFile jar = new JarFile(agentJar, /* verify= */ false, ZipFile.OPEN_READ)) {
      Manifest manifest = jar.getManifest();
      String version =
          manifest == null
              ? null
              : manifest.getMainAttributes().getValue(Attributes.Name.IMPLEMENTATION_VERSION);
      return version == null ? UNKNOWN : version;
    } catch (IOException e) {
      return UNKNOWN;
    }
  }
}
