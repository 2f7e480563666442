package sluice.agent;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.apache.flink.client.program.PackagedProgram;
import org.apache.flink.client.program.ProgramInvocationException;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.security.FlinkSecurityManager;
import org.apache.flink.metrics.MetricConfig;

/** Runs the classes of sluice-agent.jar and sluice-entry.jar as Flink does, for test/contract/gate.test.ts. */
public final class GateProbe {
  private static final String START = "operation/1";

  private GateProbe() {}

  /** @param arguments what to probe, and its arguments */
  public static void main(String[] arguments) throws Exception {
    if (arguments[0].equals("judge")) judge();
    else if (arguments[0].equals("open")) open(arguments);
    else if (arguments[0].equals("lease")) lease(arguments);
    else if (arguments[0].equals("signs")) SignProbe.run(configOf(arguments));
    else if (arguments[0].equals("standby")) StandbyProbe.run(configOf(arguments), afterDashes(arguments));
    else if (arguments[0].equals("warm")) StandbyProbe.warm(configOf(arguments), afterDashes(arguments));
    else call(arguments);
  }

  /** Judges each line of the input: a role, a container and a record, separated by tabs. */
  private static void judge() throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] fields = line.split("\t", -1);
      System.out.println(verdictOn(fields[0], fields[1], fields[2]));
    }
  }

  private static String verdictOn(String role, String container, String record) {
    Map<String, String> environment =
        role.equals("JobManager")
            ? Map.of("CONTAINER_ID", container, "_CLIENT_SHIP_FILES", "")
            : Map.of("CONTAINER_ID", container);
    try {
      Instance me = Instance.of(environment, START, false);
      InputStream from = new ByteArrayInputStream(record.getBytes(StandardCharsets.UTF_8));
      Verdict verdict = Verdict.of(me).orElse(null);
      if (verdict == null) verdict = Verdict.of(me, GateRecord.read(from, START));
      return verdict.kind.name();
    } catch (IOException notUnderstood) {
      return "NO ANSWER";
    } catch (IllegalArgumentException unusable) {
      return "UNUSABLE";
    }
  }

  /** Opens the reporter in the environment of this process. */
  private static void open(String[] arguments) {
    MetricConfig config = configOf(arguments);
    new GateReporterFactory().createMetricReporter(config).open(config);
    System.out.println(
        "passed as " + System.getProperty("sluice.armed") + ", lease " + System.getProperty("sluice.leased"));
  }

  private static MetricConfig configOf(String[] arguments) {
    MetricConfig config = new MetricConfig();
    config.setProperty("start", START);
    for (int at = 1; at < arguments.length && !arguments[at].equals("--"); at += 2) config.setProperty(arguments[at], arguments[at + 1]);
    return config;
  }

  private static String[] afterDashes(String[] arguments) {
    int dashes = Arrays.asList(arguments).indexOf("--");
    return Arrays.copyOfRange(arguments, dashes == -1 ? arguments.length : dashes + 1, arguments.length);
  }

  /** Runs for ever with a lease, and prints the number of good answers. */
  private static void lease(String[] arguments) throws InterruptedException {
    GateSettings settings = GateSettings.of(configOf(arguments));
    Instance me = Instance.of(System.getenv(), START, false);
    Questions questions = new Questions(settings, me);
    long answered = new Gate(settings, me, questions).pass().asked;
    Lease lease = new Lease(questions, settings.lease().orElseThrow(), answered);
    lease.begin();
    for (int told = -1; ; Thread.sleep(5)) {
      if (lease.answers() == told) continue;
      told = lease.answers();
      System.out.println("good answers: " + told);
    }
  }

  /** Has Flink call programs, directly or through Entry, and prints how each call ended. */
  private static void call(String[] arguments) {
    if (arguments[1].equals("armed")) System.setProperty("sluice.armed", START);
    if (arguments[1].equals("leased")) {
      System.setProperty("sluice.armed", START);
      System.setProperty("sluice.leased", "30000");
    }
    if (arguments[1].equals("standby")) System.setProperty("sluice.standby", "30000");
    if (arguments[1].equals("unarmed")) forbidToExit();
    for (int at = 3; at < arguments.length; at++) {
      String program = "sluice.agent.GateProbe$" + arguments[at];
      System.out.println(
          arguments[at]
              + ": "
              + (arguments[2].equals("directly")
                  ? outcomeOf(program, "a", "b")
                  : arguments[2].equals("through Entry")
                      ? outcomeOf("sluice.agent.Entry", program, "a", "b")
                      : outcomeOf("sluice.agent.Entry", arguments[2], program, "a", "b")));
    }
  }

  /** Has Flink forbid programs to end the JVM, as a deployment file may ask. */
  private static void forbidToExit() {
    Configuration configuration = new Configuration();
    configuration.setString("cluster.intercept-user-system-exit", "THROW");
    FlinkSecurityManager.setFromConfiguration(configuration);
    FlinkSecurityManager.monitorUserSystemExitForCurrentThread();
  }

  private static String outcomeOf(String entryClass, String... arguments) {
    try {
      PackagedProgram.newBuilder()
          .setEntryPointClassName(entryClass)
          .setArguments(arguments)
          .build()
          .invokeInteractiveModeForExecution();
      return "ended";
    } catch (Throwable thrown) {
      StringBuilder chain = new StringBuilder();
      for (Throwable one = thrown; one != null; one = one.getCause()) chain.append(one).append(" < ");
      return chain.toString();
    }
  }

  public static final class Ends {
    public static void main(String[] arguments) {
      System.out.println("main ran with " + String.join(", ", arguments));
    }
  }

  public static final class Throws {
    public static void main(String[] arguments) throws Exception {
      throw new ProgramInvocationException("told by the program", new IOException("no answer"));
    }
  }

  public static final class Fails {
    public static void main(String[] arguments) throws Exception {
      throw new IOException("no answer");
    }
  }

  public static final class Aborts {
    public static void main(String[] arguments) {
      throw new Error("as Flink aborts a program that it only wanted to look into");
    }
  }

  public static final class FailsToInitialize {
    private static final int ZERO = Integer.parseInt("zero");

    public static void main(String[] arguments) {}
  }

  static final class Hidden {
    public static void main(String[] arguments) {}
  }

  public static final class HasNoMain {}
}
