package sluice.agent;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.metrics.reporter.MetricReporter;

/** Gives signs of a job whose gauges are told line by line, for test/contract/signs.test.ts. */
final class SignProbe {
  private static final Map<String, Long> VALUES = new HashMap<>(Map.of("numRestarts", 0L, "lastCompletedCheckpointId", -1L));
  private static final AtomicInteger LOOKS = new AtomicInteger();

  private SignProbe() {}

  /** Each line of the input is a gauge and its value, {@code gone} for its removal, or {@code looks} to wait for some looks. */
  static void run(MetricConfig config) throws Exception {
    MetricReporter reporter = new GateReporterFactory().createMetricReporter(config);
    reporter.open(config);
    Map<String, Gauge<Long>> gauges = new HashMap<>();
    System.out.println("passed");
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] words = line.split(" ");
      if (words[0].equals("looks")) awaitLooks(Integer.parseInt(words[1]));
      else if (words[0].equals("program")) reporter.notifyOfAddedMetric((Gauge<Long>) () -> 0L, words[1], groupOf(true));
      else if (words[1].equals("gone")) reporter.notifyOfRemovedMetric(gauges.remove(words[0]), words[0], groupOf(false));
      else {
        synchronized (VALUES) {
          VALUES.put(words[0], Long.parseLong(words[1]));
        }
        if (gauges.putIfAbsent(words[0], gaugeOf(words[0])) == null)
          reporter.notifyOfAddedMetric(gauges.get(words[0]), words[0], groupOf(false));
      }
      System.out.println("did " + line);
    }
  }

  private static Gauge<Long> gaugeOf(String name) {
    return () -> {
      if (name.equals("uptime")) LOOKS.incrementAndGet();
      synchronized (VALUES) {
        return VALUES.get(name);
      }
    };
  }

  private static void awaitLooks(int more) throws InterruptedException {
    int wanted = LOOKS.get() + more;
    while (LOOKS.get() < wanted) Thread.sleep(20);
  }

  /** A group below the job, or below an operator of its program. */
  static UnregisteredMetricsGroup groupOf(boolean isOfProgram) {
    Map<String, String> variables = new HashMap<>(Map.of("<job_id>", "ab"));
    if (isOfProgram) variables.put("<operator_id>", "cd");
    return new UnregisteredMetricsGroup() {
      @Override
      public Map<String, String> getAllVariables() {
        return variables;
      }
    };
  }
}
