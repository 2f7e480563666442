package sluice.agent;

import java.util.function.BooleanSupplier;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds up the start of Flink until the gate lets this JVM pass, begins the lease of a start that has one, and lets a JobManager
 * give signs of life, for which it looks at some metrics. It reports none.
 */
public final class GateReporter implements MetricReporter {
  /**
   * Holds the key of the start once this JVM has passed its gate, in a standby's JobManager once the gate is open. A system
   * property, because {@link Entry} has another class loader, and shares no other state with a plugin.
   */
  static final String ARMED = "sluice.armed";
  /** Holds the milliseconds of the lease that this JVM keeps; absent without one. */
  static final String LEASED = "sluice.leased";
  /** Holds the milliseconds after which this JobManager of a standby ends unless it is promoted; absent in other JVMs. */
  static final String STANDBY = "sluice.standby";
  /** Is set by {@link Entry} once it waits for the promotion. */
  static final String WAITING = "sluice.waiting";
  /** Holds the path that a promoted standby restores its state from; absent for none. */
  static final String RESTORE = "sluice.restore";
  /** Holds the key of the start once its standby is promoted, after all other properties are set. */
  static final String PROMOTED = "sluice.promoted";

  private static final Logger LOG = LoggerFactory.getLogger(GateReporter.class);

  private final Vitals vitals = new Vitals();
  /** Runs in the TaskManagers of a standby only. */
  private final Warming warming = new Warming(Warming.TASK_MANAGER);

  @Override
  public void open(MetricConfig config) {
    try {
      GateSettings settings = GateSettings.of(config);
      boolean standby = settings.standby().isPresent();
      Instance instance = Instance.of(System.getenv(), settings.startKey(), standby);
      Questions questions = new Questions(settings, instance);
      Gate.Passage passage = new Gate(settings, instance, questions).pass();
      Lease lease = settings.lease().map(length -> new Lease(questions, length, passage.asked)).orElse(null);
      if (lease != null) {
        lease.begin();
        System.setProperty(LEASED, String.valueOf(settings.lease().get().toMillis()));
      }
      if (standby && instance.isJobManager()) new Promotion(settings, questions, passage).begin();
      else System.setProperty(ARMED, settings.startKey());
      if (!instance.isJobManager() && !passage.verdict.open) warming.begin();
      // A standby is silent before its promotion, because the instance that runs gives its signs in the same place.
      if (instance.isJobManager())
        beginSigns(config, settings, instance, () -> isArmed() && (lease == null || !lease.isOver()));
    } catch (IllegalArgumentException unusable) {
      throw Halt.now(Halt.UNUSABLE, unusable.getMessage());
    } catch (Throwable failure) {
      // Flink would log the failure of a reporter and start without it (ReporterSetup, 1.20.1; ReporterSetupBuilder, 2.1.0).
      throw Halt.now(Halt.UNUSABLE, "its gate failed: " + failure);
    }
  }

  private static boolean isArmed() {
    return System.getProperty(ARMED) != null;
  }

  /** Signs are hints, so a start that cannot give any runs as well. */
  private void beginSigns(MetricConfig config, GateSettings gate, Instance instance, BooleanSupplier mayRun) {
    try {
      SignSettings.of(config, gate).ifPresent(settings -> new Signs(settings, instance, vitals, mayRun).begin());
    } catch (Throwable failure) {
      LOG.warn("{} gives no signs of life: {}", gate.startKey(), String.valueOf(failure));
    }
  }

  @Override
  public void close() {}

  @Override
  public void notifyOfAddedMetric(Metric metric, String name, MetricGroup group) {
    vitals.added(metric, name, group);
    if (warming.isUnderWay() && group.getAllVariables().containsKey("<job_id>")) warming.stop();
  }

  @Override
  public void notifyOfRemovedMetric(Metric metric, String name, MetricGroup group) {
    vitals.removed(metric);
  }
}
