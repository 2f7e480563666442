package sluice.launcher;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Runs Flink's client as a child process, and copies its output to our own log line by line. */
final class Client {
  /** The diagnostics keep the last lines, which people read first. YARN keeps 64 KiB of diagnostics. */
  private static final int KEPT_LINES = 25;
  private static final int KEPT_LENGTH = 400;
  /** Matches stack frames, rulers, and log lines of the client below the level of an error. */
  private static final Pattern NOT_WORTH_TELLING =
      Pattern.compile("\\s*|-+|\\s*(at |\\.\\.\\. ).*|SLF4J: .*|[-0-9]{10} [0-9:,]+ (TRACE|DEBUG|INFO|WARN) .*");

  private final Process process;
  private final Deque<String> last = new ArrayDeque<>();

  private Client(Process process) {
    this.process = process;
  }

  static Client start(List<String> command) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.put("FLINK_CONF_DIR", new File("conf").getAbsolutePath());
    environment.put("FLINK_LIB_DIR", new File("lib").getAbsolutePath());
    environment.put("FLINK_PLUGINS_DIR", new File("plugins").getAbsolutePath());
    // The variable points to the tokens of this application master, which the client's application must not inherit.
    environment.remove("HADOOP_TOKEN_FILE_LOCATION");
    // The client ends when its standard input closes. Our end of it stays open as long as this process lives.
    Client client = new Client(builder.start());
    Runtime.getRuntime().addShutdownHook(new Thread(client::end, "end of the client"));
    return client;
  }

  /** Copies the client's output until the client ends. Returns its exit code. */
  int await() throws IOException, InterruptedException {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        System.out.println(line);
        remember(line);
      }
    }
    return process.waitFor();
  }

  /** Keeps the lines that name an error, because people ask for those first. The log has the rest. */
  private void remember(String line) {
    if (NOT_WORTH_TELLING.matcher(line).matches() || last.contains(line)) return;
    last.addLast(line.length() > KEPT_LENGTH ? line.substring(0, KEPT_LENGTH) + "…" : line);
    if (last.size() > KEPT_LINES) last.removeFirst();
  }

  String lastLines() {
    return String.join("\n", last);
  }

  void end() {
    process.destroyForcibly();
  }
}
