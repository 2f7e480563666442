package sluice.launcher;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.conf.YarnConfiguration;

/**
 * Runs as the application master of a launch. This class fetches the job's JAR, runs Flink's own client as a child
 * process, and turns the client's exit code into the application's final status and its last lines into diagnostics. The
 * Flink application belongs to the client, and this class never speaks to it.
 */
public final class ShellRunner {
  private static final String CLIENT_CLASSPATH = "SLUICE_CLIENT_CLASSPATH";

  private ShellRunner() {}

  /** @param arguments the launch order's file */
  public static void main(String[] arguments) throws Exception {
    YarnConfiguration configuration = new YarnConfiguration();
    try (Registration registration = Registration.open(configuration)) {
      Outcome outcome = launch(arguments[0], configuration, registration);
      say(outcome.diagnostics());
      registration.end(outcome.status(), outcome.diagnostics());
    }
    // The explicit exit ends the threads of Hadoop's file systems and RPC, which would keep the container alive.
    System.exit(0);
  }

  private static Outcome launch(String orderFile, YarnConfiguration configuration, Registration registration) {
    try {
      LaunchOrder order = LaunchOrder.read(Path.of(orderFile));
      Path jar = JobJar.fetch(order.jar(), configuration);
      say("the job's JAR is " + order.jar().name() + ", sha256 " + order.jar().sha256());
      Client client = Client.start(command(order, orderFile, jar));
      registration.onLost(client::end);
      int code = client.await();
      return code == 0
          ? new Outcome(FinalApplicationStatus.SUCCEEDED, "Flink's client ended well")
          : new Outcome(FinalApplicationStatus.FAILED, "Flink's client ended with " + code + ":\n" + client.lastLines());
    } catch (IOException | IllegalArgumentException failure) {
      return new Outcome(FinalApplicationStatus.FAILED, String.valueOf(failure.getMessage()));
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return new Outcome(FinalApplicationStatus.KILLED, "interrupted");
    }
  }

  /** Builds the command without the program's arguments: a command line holds only characters of the container's locale. */
  private static List<String> command(LaunchOrder order, String orderFile, Path jar) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(order.jvmOptions());
    command.addAll(List.of("-cp", ownJar() + File.pathSeparator + System.getenv(CLIENT_CLASSPATH)));
    command.addAll(List.of(ClientProcess.class.getName(), orderFile, jar.toString()));
    return command;
  }

  private static String ownJar() {
    return Path.of("sluice-launcher.jar").toAbsolutePath().toString();
  }

  /** Writes a line to standard output, which is a file among the container's logs. */
  static void say(String text) {
    System.out.println(Instant.now() + " sluice-launcher: " + text);
  }

  private record Outcome(FinalApplicationStatus status, String diagnostics) {}
}
