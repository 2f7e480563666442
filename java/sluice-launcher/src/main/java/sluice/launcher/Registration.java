package sluice.launcher;

import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.yarn.api.records.FinalApplicationStatus;
import org.apache.hadoop.yarn.client.api.AMRMClient;
import org.apache.hadoop.yarn.exceptions.ApplicationAttemptNotFoundException;
import org.apache.hadoop.yarn.exceptions.YarnException;

/** Registers this application master with the ResourceManager, sends heartbeats, and unregisters it at the end. */
final class Registration implements AutoCloseable {
  private static final long HEARTBEAT_SECONDS = 1;

  private final AMRMClient<AMRMClient.ContainerRequest> resourceManager;
  private final ScheduledExecutorService heartbeats =
      Executors.newSingleThreadScheduledExecutor(Registration::daemon);
  private volatile Runnable onLost = () -> {};

  private Registration(AMRMClient<AMRMClient.ContainerRequest> resourceManager) {
    this.resourceManager = resourceManager;
  }

  static Registration open(Configuration configuration) throws IOException, YarnException {
    AMRMClient<AMRMClient.ContainerRequest> client = AMRMClient.createAMRMClient();
    client.init(configuration);
    client.start();
    client.registerApplicationMaster(System.getenv().getOrDefault("NM_HOST", "localhost"), -1, "");
    Registration registration = new Registration(client);
    registration.heartbeats.scheduleAtFixedRate(
        registration::beat, 0, HEARTBEAT_SECONDS, TimeUnit.SECONDS);
    return registration;
  }

  /** Sets the action for the moment when the ResourceManager has dropped this attempt: it must end all its work. */
  void onLost(Runnable action) {
    onLost = action;
  }

  private void beat() {
    try {
      resourceManager.allocate(0);
    } catch (ApplicationAttemptNotFoundException lost) {
      ShellRunner.say("YARN has ended this attempt: " + lost.getMessage());
      onLost.run();
      Runtime.getRuntime().halt(1);
    } catch (YarnException | IOException silence) {
      ShellRunner.say("a heartbeat was not answered: " + silence.getMessage()); // the next one may succeed
    }
  }

  void end(FinalApplicationStatus status, String diagnostics) throws IOException, YarnException, InterruptedException {
    heartbeats.shutdown();
    heartbeats.awaitTermination(HEARTBEAT_SECONDS * 5, TimeUnit.SECONDS);
    resourceManager.unregisterApplicationMaster(status, diagnostics, "");
  }

  @Override
  public void close() {
    heartbeats.shutdownNow();
    resourceManager.stop();
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "heartbeats");
    thread.setDaemon(true);
    return thread;
  }
}
