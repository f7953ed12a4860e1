package dev.belay.agent.launch;

import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
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
 *
 * <p>One library has a jar of its own within, {@code inst/lazy/com.hazelcast.jar}: with its entries
 * among the agent's, each start of a JVM would pay for reading 12,000 names. It is copied out when
 * a class of it is first asked for, into a temporary file that is nobody's as soon as it is open.
 * Where the JDK warns of {@code sun.misc.Unsafe}, its classes call a stand-in of the agent's.
 */
public final class AgentClassLoader extends ClassLoader {

  private static final String CLASSES = "inst/";
  private static final String BRIDGE = "bridge/";
  private static final String CLASS_SUFFIX = ".class";
  private static final String HIDDEN_SUFFIX = ".classdata";
  private static final String LAZY_CLASSES = "com.hazelcast.";
  private static final int WARNING_JDK = 24;
  private static final String UNSAFE = "sun/misc/Unsafe";
  private static final String STAND_IN = "dev/belay/agent/cluster/QuietUnsafe";
  private static final String LAZY_JAR = CLASSES + "lazy/com.hazelcast.jar";

  static {
    registerAsParallelCapable();
  }

  private final JarFile jar;
  private final File file;
  private final ProtectionDomain domain;

  /** Null until a class of it is asked for. Volatile: opened under this loader's monitor. */
  private volatile JarFile lazyJar;

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
        byte[] bytes = classBytes(name);
        loaded = bytes == null ? super.loadClass(name, false) : define(name, bytes);
      }
      if (resolve) {
        resolveClass(loaded);
      }
      return loaded;
    }
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] bytes = classBytes(name);
    if (bytes == null) {
      throw new ClassNotFoundException(name);
    }
    return define(name, bytes);
  }

  /** Null for a class that the agent does not carry. */
  private byte[] classBytes(String name) throws ClassNotFoundException {
    if (name.startsWith("java.")) {
      return null;
    }
    String path = name.replace('.', '/');
    try {
      return name.startsWith(LAZY_CLASSES)
          ? quiet(bytes(lazyJar(), path + CLASS_SUFFIX))
          : bytes(jar, CLASSES + path + HIDDEN_SUFFIX);
    } catch (IOException e) {
      throw new ClassNotFoundException(name + " cannot be read from " + file, e);
    }
  }

  private static byte[] quiet(byte[] classFile) {
    boolean isOfUse = classFile != null && Runtime.version().feature() >= WARNING_JDK;
    return isOfUse ? new Renaming(UNSAFE, STAND_IN).of(classFile) : classFile;
  }

  private static byte[] bytes(JarFile from, String entryName) throws IOException {
    JarEntry entry = from == null ? null : from.getJarEntry(entryName);
    if (entry == null) {
      return null;
    }
    try (InputStream stream = from.getInputStream(entry)) {
      return stream.readAllBytes();
    }
  }

  /** Null if the agent's jar is without it. */
  private JarFile lazyJar() throws IOException {
    JarFile opened = lazyJar;
    return opened == null ? openLazyJar() : opened;
  }

  private synchronized JarFile openLazyJar() throws IOException {
    JarEntry entry = lazyJar == null ? jar.getJarEntry(LAZY_JAR) : null;
    if (entry == null) {
      return lazyJar;
    }
    Path copy = Files.createTempFile("belay-", ".jar");
    try (InputStream stream = jar.getInputStream(entry)) {
      Files.copy(stream, copy, StandardCopyOption.REPLACE_EXISTING);
      lazyJar = new JarFile(copy.toFile(), /* verify= */ false, ZipFile.OPEN_READ);
      return lazyJar;
    } finally {
      Files.delete(copy); // as long as it is open it can be read
    }
  }

  private Class<?> define(String name, byte[] bytes) {
    definePackageOf(name);
    return defineClass(name, bytes, 0, bytes.length, domain);
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
