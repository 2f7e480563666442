package sluice.agent;

import java.time.Duration;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;

/**
 * Holds up the start of Flink until the gate lets this JVM pass, and begins the lease of a start that has one. It reports no
 * metrics.
 */
public final class GateReporter implements MetricReporter {
  /**
   * Holds the key of the start once this JVM has passed its gate. A system property, because {@link Entry} has another
   * class loader, and shares no other state with a plugin.
   */
  static final String ARMED = "sluice.armed";
  /** Holds the milliseconds of the lease that this JVM keeps; absent without one. */
  static final String LEASED = "sluice.leased";

  @Override
  public void open(MetricConfig config) {
    try {
      GateSettings settings = GateSettings.of(config);
      Instance instance = Instance.of(System.getenv(), settings.startKey());
      Questions questions = new Questions(settings, instance);
      long answered = new Gate(settings, instance, questions).pass();
      settings.lease().ifPresent(lease -> begin(new Lease(questions, lease, answered), lease));
      System.setProperty(ARMED, settings.startKey());
    } catch (IllegalArgumentException unusable) {
      throw Halt.now(Halt.UNUSABLE, unusable.getMessage());
    } catch (Throwable failure) {
      // Flink would log the failure of a reporter and start without it (ReporterSetup, 1.20.1; ReporterSetupBuilder, 2.1.0).
      throw Halt.now(Halt.UNUSABLE, "its gate failed: " + failure);
    }
  }

  private static void begin(Lease lease, Duration length) {
    lease.begin();
    System.setProperty(LEASED, String.valueOf(length.toMillis()));
  }

  @Override
  public void close() {}

  @Override
  public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {}

  @Override
  public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {}
}
