package sluice.warmup;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import javax.management.ObjectName;
import org.apache.flink.core.fs.FileSystem;

/**
 * The task of one JVM of a warm-up. Its answer is {@code <part>.properties} in the folder, which it writes last: {@code error}
 * says why the task failed.
 */
final class Probe {
  /** Until then the job runs and has completed checkpoints, so that their classes are loaded. */
  private static final long SETTLED_MILLIS = 12_000;
  /** The script of the start, which has put the class path together. */
  private static final String SCRIPT = "sluice-class-path.sh";
  /** The log of {@code -Xlog:class+load}, in the working directory of the container. */
  private static final Path LOADED = Path.of("sluice-classes.log");
  private static final String FROM_ARCHIVE = "shared objects file (top)";

  private Probe() {}

  static void run(String task, String part, String folder) {
    Map<String, String> answer = new LinkedHashMap<>();
    answer.put("java", System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"));
    try {
      Thread.sleep(SETTLED_MILLIS);
      if (task.equals("dump")) dump(part, folder, answer);
      else answer.put("classes", String.valueOf(fromArchive()));
    } catch (Throwable failure) {
      answer.put("error", describe(failure));
    }
    StringBuilder text = new StringBuilder();
    answer.forEach((key, value) -> text.append(key).append('=').append(value.replaceAll("\\s+", " ")).append('\n'));
    try {
      write(folder + "/" + part + ".properties", text.toString().getBytes(StandardCharsets.UTF_8));
    } catch (IOException failure) {
      System.err.println("sluice: the warm-up cannot write its answer: " + failure);
    }
  }

  private static void dump(String part, String folder, Map<String, String> answer) throws Exception {
    answer.put("fingerprint", fingerprint());
    if (part.equals("jm")) write(folder + "/classes.txt", classNames().getBytes(StandardCharsets.UTF_8));
    Path archive = Path.of(part + "-new.jsa").toAbsolutePath();
    Object said =
        ManagementFactory.getPlatformMBeanServer()
            .invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                "vmCds",
                new Object[] {new String[] {"dynamic_dump", archive.toString()}},
                new String[] {String[].class.getName()});
    if (!Files.exists(archive)) throw new IOException("this JVM wrote no class archive: " + said);
    answer.put("size", String.valueOf(Files.size(archive)));
    try (InputStream bytes = Files.newInputStream(archive);
        OutputStream target = create(folder + "/" + part + ".jsa")) {
      bytes.transferTo(target);
    }
    Files.delete(archive);
  }

  /** What the script finds of JDK and JARs; a start whose script finds something else does without the archive. */
  private static String fingerprint() throws IOException, InterruptedException {
    Process script = new ProcessBuilder("sh", SCRIPT, "fingerprint").redirectErrorStream(true).start();
    String text = new String(script.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
    if (!script.waitFor(10, TimeUnit.SECONDS) || script.exitValue() != 0 || !text.matches("[0-9]+-[0-9]+"))
      throw new IOException(SCRIPT + " gives no fingerprint: " + text);
    return text;
  }

  /** Names every class of the JARs of Flink and Hadoop on the class path, in order; the job's own JARs lie in the working directory. */
  private static String classNames() throws IOException {
    TreeSet<String> names = new TreeSet<>();
    for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (!entry.endsWith(".jar") || !entry.contains("/")) continue;
      try (JarFile jar = new JarFile(entry)) {
        jar.stream()
            .map(file -> file.getName())
            .filter(name -> name.endsWith(".class") && !name.startsWith("META-INF/") && !name.endsWith("-info.class"))
            .forEach(name -> names.add(name.substring(0, name.length() - ".class".length())));
      }
    }
    return String.join("\n", names) + "\n";
  }

  private static long fromArchive() throws IOException {
    try (BufferedReader lines = Files.newBufferedReader(LOADED)) {
      return lines.lines().filter(line -> line.contains(FROM_ARCHIVE)).count();
    }
  }

  private static void write(String uri, byte[] content) throws IOException {
    try (OutputStream target = create(uri)) {
      target.write(content);
    }
  }

  private static OutputStream create(String uri) throws IOException {
    org.apache.flink.core.fs.Path path = new org.apache.flink.core.fs.Path(uri);
    return path.getFileSystem().create(path, FileSystem.WriteMode.OVERWRITE);
  }

  private static String describe(Throwable failure) {
    StringBuilder text = new StringBuilder(failure.toString());
    for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) text.append("; ").append(cause);
    return text.toString();
  }
}
