package sluice.agent;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import org.apache.flink.client.ClientUtils;
import org.apache.flink.client.program.PackagedProgram;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.DefaultExecutorServiceLoader;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** Comes up as the JobManager of a standby does, for test/contract/standby.test.ts. */
public final class StandbyProbe {
  private StandbyProbe() {}

  /** Opens the reporter, and then has Flink call Entry with the arguments after {@code --}. */
  static void run(MetricConfig config, String[] entryArguments) throws Exception {
    new GateReporterFactory().createMetricReporter(config).open(config);
    System.out.println("came up, armed as " + System.getProperty("sluice.armed"));
    execute(entryArguments);
  }

  private static void execute(String[] entryArguments) {
    Configuration ofCluster = new Configuration();
    ofCluster.setString("parallelism.default", "2");
    try {
      PackagedProgram program =
          PackagedProgram.newBuilder()
              .setEntryPointClassName("sluice.agent.Entry")
              .setArguments(entryArguments)
              .build();
      ClientUtils.executeProgram(new DefaultExecutorServiceLoader(), ofCluster, program, false, false);
      System.out.println("main ended");
    } catch (Throwable thrown) {
      System.out.println("main failed: " + thrown + " < " + thrown.getCause());
    }
  }

  /** Makes environments in each way that Flink offers, and prints where a job of each would restore from. */
  public static final class Restores {
    public static void main(String[] arguments) throws Exception {
      System.out.println("main runs with " + String.join(", ", arguments));
      tell("its cluster's", StreamExecutionEnvironment.getExecutionEnvironment());
      Configuration own = new Configuration();
      own.setString("parallelism.default", "3");
      own.setString("execution.state-recovery.path", "s3://elsewhere");
      tell("its own", StreamExecutionEnvironment.getExecutionEnvironment(own));
      Thread thread = new Thread(() -> tell("a thread's", StreamExecutionEnvironment.getExecutionEnvironment()));
      thread.start();
      thread.join();
      Object processes = org.apache.flink.datastream.api.ExecutionEnvironment.getInstance();
      Configuration known =
          ((org.apache.flink.datastream.impl.ExecutionEnvironmentImpl) processes).getConfiguration();
      System.out.println("restores with processes: " + known.toMap().get("execution.state-recovery.path"));
    }

    private static void tell(String configuration, StreamExecutionEnvironment environment) {
      environment.fromSequence(1, 2).sinkTo(new DiscardingSink<>());
      int parallelism = environment.getParallelism();
      String path = environment.getStreamGraph().getJobGraph().getSavepointRestoreSettings().getRestorePath();
      System.out.println("restores with " + configuration + " configuration, " + parallelism + ": " + path);
    }
  }

  /** Comes up, warms, and tells which of the classes on the input are loaded then. With {@code busy} a job comes at once. */
  static void warm(MetricConfig config, String[] entryArguments) throws Exception {
    EmptyProgram.translate();
    GateReporter reporter = new GateReporterFactory().createMetricReporter(config);
    reporter.open(config);
    if (config.containsKey("busy")) reporter.notifyOfAddedMetric((Gauge<Long>) () -> 0L, "numRecordsIn", SignProbe.groupOf(true));
    if (entryArguments.length > 0) start(() -> execute(entryArguments));
    while (entryArguments.length > 0 && System.getProperty("sluice.waiting") == null) Thread.sleep(20);
    while (Thread.getAllStackTraces().keySet().stream().anyMatch(one -> one.getName().equals("sluice-warming"))) Thread.sleep(20);
    Method loaded = ClassLoader.class.getDeclaredMethod("findLoadedClass", String.class);
    loaded.setAccessible(true);
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine())
      if (loaded.invoke(ClassLoader.getSystemClassLoader(), line) != null) System.out.println("loaded " + line);
    System.exit(0);
  }

  private static void start(Runnable work) {
    Thread thread = new Thread(work);
    thread.setDaemon(true);
    thread.start();
  }
}
