package sluice.agent;

import java.util.Map;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.Metric;
import org.apache.flink.metrics.MetricGroup;

/**
 * Reads how the job of this JobManager is from gauges that Flink registers for each job, whatever its configuration says
 * (SchedulerBase.registerJobMetrics and CheckpointStatsTracker, 1.20.1 and 2.1.0). Flink takes them away once the job has ended.
 */
final class Vitals {
  /** Milliseconds since the job is RUNNING; 0 while it is not, and -1 once it has ended (UpTimeGauge). */
  private static final String UPTIME = "uptime";
  private static final String RESTARTS = "numRestarts";
  private static final String CHECKPOINT = "lastCompletedCheckpointId";
  private static final long UNKNOWN = Long.MIN_VALUE;

  /** What the gauges say, in the words of a sign. */
  enum Seen {
    /** The JobManager is up, and its job is not there yet. */
    STARTING("starting"),
    RUNNING("running"),
    /** The job is between two attempts, or waits for its first. */
    NOT_RUNNING("notRunning"),
    /** The job has finished, failed or been cancelled: the JobManager knows which. */
    ENDED("ended");

    final String word;

    Seen(String word) {
      this.word = word;
    }
  }

  /** One look at the gauges. */
  static final class Look {
    final Seen seen;
    final long restarts;
    /** The id of the newest completed checkpoint or savepoint; 0 before the first. */
    final long checkpoint;

    Look(Seen seen, long restarts, long checkpoint) {
      this.seen = seen;
      this.restarts = restarts;
      this.checkpoint = checkpoint;
    }
  }

  private volatile Gauge<?> uptime;
  private volatile Gauge<?> restarts;
  private volatile Gauge<?> checkpoint;
  private volatile boolean hasEnded;
  private Look last = new Look(Seen.STARTING, 0, 0);

  /** Called by Flink's threads, for each metric of the JVM. */
  void added(Metric metric, String name, MetricGroup group) {
    if (!(metric instanceof Gauge) || !isOurs(name) || !isOfJob(group)) return;
    Gauge<?> gauge = (Gauge<?>) metric;
    if (name.equals(RESTARTS)) restarts = gauge;
    else if (name.equals(CHECKPOINT)) checkpoint = gauge;
    else {
      // A JobManager that lost and regained its leadership registers the gauges of its job anew.
      hasEnded = false;
      uptime = gauge;
    }
  }

  void removed(Metric metric) {
    if (metric == restarts) restarts = null;
    if (metric == checkpoint) checkpoint = null;
    if (metric == uptime) {
      hasEnded = true;
      uptime = null;
    }
  }

  /** Looks at the gauges. A number that is not to be had keeps its last value. */
  Look look() {
    last =
        new Look(seen(), Math.max(0, valueOf(restarts, last.restarts)), Math.max(0, valueOf(checkpoint, last.checkpoint)));
    return last;
  }

  private Seen seen() {
    Gauge<?> gauge = uptime;
    if (gauge == null) return hasEnded ? Seen.ENDED : Seen.STARTING;
    long milliseconds = valueOf(gauge, UNKNOWN);
    if (milliseconds == UNKNOWN) return last.seen;
    if (milliseconds < 0) return Seen.ENDED;
    return milliseconds == 0 ? Seen.NOT_RUNNING : Seen.RUNNING;
  }

  private static long valueOf(Gauge<?> gauge, long otherwise) {
    try {
      Object value = gauge == null ? null : gauge.getValue();
      return value instanceof Number ? ((Number) value).longValue() : otherwise;
    } catch (RuntimeException inTransit) {
      return otherwise; // the part of Flink behind the gauge comes up or goes down
    }
  }

  private static boolean isOurs(String name) {
    return name.equals(UPTIME) || name.equals(RESTARTS) || name.equals(CHECKPOINT);
  }

  /** The program may register metrics of the same names, but only below its operators. */
  private static boolean isOfJob(MetricGroup group) {
    Map<String, String> variables = group.getAllVariables();
    return variables.containsKey("<job_id>")
        && !variables.containsKey("<operator_id>")
        && !variables.containsKey("<task_id>");
  }
}
