package dev.belay.samples.chaos.report;

import com.google.gson.Gson;
import com.samskivert.mustache.Mustache;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;

/** Writes a page: a template, what stands in it, and the data that its charts draw. */
public final class Page {

  private static final String ASSETS = "assets.properties";

  private Page() {}

  /**
   * Writes a page.
   *
   * @param template name of a resource beside this class
   * @param content what the template shows; all of it is escaped
   * @param series what the charts draw; becomes JSON
   * @throws IOException if the file cannot be written
   */
  public static void write(Path file, String template, Map<String, ?> content, Object series)
      throws IOException {
    Files.writeString(file, render(template, content, series), StandardCharsets.UTF_8);
  }

  /** The page as text. */
  static String render(String template, Map<String, ?> content, Object series) throws IOException {
    Map<String, Object> all = new HashMap<>(content);
    all.put("chartStyle", chartLibrary(".min.css"));
    all.put("chartScript", chartLibrary(".iife.min.js"));
    all.put("style", text("report.css"));
    all.put("script", text("report.js"));
    all.put("series", new Gson().toJson(series)); // escapes <, so that no text can end the script
    return Mustache.compiler().compile(text(template)).execute(all);
  }

  /** The files of a web jar lie under its version, which only the build knows. */
  private static String chartLibrary(String ending) throws IOException {
    Properties assets = new Properties();
    try (InputStream in = open(Page.class.getResource(ASSETS), ASSETS)) {
      assets.load(in);
    }
    String path = assets.getProperty("uplot") + "/uPlot" + ending;
    try (InputStream in = open(Page.class.getClassLoader().getResource(path), path)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String text(String name) throws IOException {
    try (InputStream in = open(Page.class.getResource(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static InputStream open(java.net.URL resource, String name) throws IOException {
    if (resource == null) {
      throw new FileNotFoundException("not in the jar: " + name);
    }
    return resource.openStream();
  }
}
