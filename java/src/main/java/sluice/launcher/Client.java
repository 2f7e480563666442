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

/** Flink's client as a child process, whose output goes to our own log line by line as it comes. */
final class Client {
  /** Lines that people read first; YARN keeps 64 KiB of diagnostics. */
  private static final int KEPT_LINES = 25;
  private static final int KEPT_LENGTH = 400;
  /** Stack frames, rulers, and what the client logs below an error. */
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
    // The tokens in it are those of this application master, which the client's application must not inherit.
    environment.remove("HADOOP_TOKEN_FILE_LOCATION");
    // Our end of its standard input stays open as long as we live; the client ends when it is closed.
    Client client = new Client(builder.start());
    Runtime.getRuntime().addShutdownHook(new Thread(client::end, "end of the client"));
    return client;
  }

  /** Copies what it says until it has said everything. */
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

  /** What was thrown is what people ask for; where, and all that went well before, is in the log. */
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
