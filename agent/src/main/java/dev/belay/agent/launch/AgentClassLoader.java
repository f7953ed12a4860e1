package dev.belay.agent.launch;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.util.Collections;
import java.util.Enumeration;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.ZipFile;

/**
 * Finds the agent's classes where the application's loaders cannot: {@code inst/Name.classdata} in
 * the agent's jar. Its own come first, so that a library of the application's class path never
 * stands in for one of the agent's. The jar stays open as long as the JVM runs. Any thread.
 */
public final class AgentClassLoader extends ClassLoader {

  private static final String CLASSES = "inst/";
  private static final String BRIDGE = "bridge/";
  private static final String CLASS_SUFFIX = ".class";
  private static final String HIDDEN_SUFFIX = ".classdata";

  static {
    registerAsParallelCapable();
  }

  private final JarFile jar;
  private final File file;
  private final ProtectionDomain domain;

  /** A loader over that jar. Classes that it does not hold are looked for in the parent. */
  public AgentClassLoader(File file, ClassLoader parent) throws IOException {
    super("belay", parent);
    this.file = file;
    jar = new JarFile(file, /* verify= */ false, ZipFile.OPEN_READ);
    URL location = file.toURI().toURL();
    CodeSource source = new CodeSource(location, (Certificate[]) null);
    domain = new ProtectionDomain(source, null, this, null);
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> loaded = findLoadedClass(name);
      if (loaded == null) {
        JarEntry entry = classEntry(name);
        loaded = entry == null ? super.loadClass(name, false) : define(name, entry);
      }
      if (resolve) {
        resolveClass(loaded);
      }
      return loaded;
    }
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    JarEntry entry = classEntry(name);
    if (entry == null) {
      throw new ClassNotFoundException(name);
    }
    return define(name, entry);
  }

  private JarEntry classEntry(String name) {
    return name.startsWith("java.")
        ? null
        : jar.getJarEntry(CLASSES + name.replace('.', '/') + HIDDEN_SUFFIX);
  }

  private Class<?> define(String name, JarEntry entry) throws ClassNotFoundException {
    try (InputStream stream = jar.getInputStream(entry)) {
      byte[] bytes = stream.readAllBytes();
      definePackageOf(name);
      return defineClass(name, bytes, 0, bytes.length, domain);
    } catch (IOException e) {
      throw new ClassNotFoundException(name + " cannot be read from " + file, e);
    }
  }

  private void definePackageOf(String name) {
    int dot = name.lastIndexOf('.');
    String packageName = dot < 0 ? "" : name.substring(0, dot);
    if (getDefinedPackage(packageName) != null) {
      return;
    }
    try {
      definePackage(packageName, null, null, null, null, null, null, null);
    } catch (IllegalArgumentException e) {
      if (getDefinedPackage(packageName) == null) {
        throw e;
      }
    }
  }

  /** Its own first, as for classes. */
  @Override
  public URL getResource(String name) {
    URL own = findResource(name);
    return own == null ? super.getResource(name) : own;
  }

  /** Straight from the open jar: a URL would open it a second time, and cost start-up time. */
  @Override
  public InputStream getResourceAsStream(String name) {
    JarEntry entry = resourceEntry(name);
    if (entry == null) {
      return super.getResourceAsStream(name);
    }
    try (InputStream stream = jar.getInputStream(entry)) {
      return new ByteArrayInputStream(stream.readAllBytes());
    } catch (IOException e) {
      return null;
    }
  }

  @Override
  protected URL findResource(String name) {
    JarEntry entry = resourceEntry(name);
    try {
      return entry == null ? null : url(entry);
    } catch (MalformedURLException e) {
      return null;
    }
  }

  @Override
  protected Enumeration<URL> findResources(String name) {
    URL own = findResource(name);
    return own == null
        ? Collections.emptyEnumeration()
        : Collections.enumeration(Collections.singletonList(own));
  }

  private URL url(JarEntry entry) throws MalformedURLException {
    return new URL("jar:" + file.toURI() + "!/" + entry.getName());
  }

  private JarEntry resourceEntry(String name) {
    boolean isClass = name.endsWith(CLASS_SUFFIX);
    String hidden = isClass ? name + "data" : name;
    return jar.getJarEntry(hidden.startsWith(BRIDGE) ? hidden : CLASSES + hidden);
  }
}
