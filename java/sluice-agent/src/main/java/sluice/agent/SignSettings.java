package sluice.agent;

import java.time.Duration;
import java.util.Optional;
import java.util.Properties;

/** The settings of signs below {@code metrics.reporter.sluice.}, which Sluice writes for each start. */
final class SignSettings {
  /** A start with a lease beats so often within it, whatever happens. */
  private static final int BEATS_IN_LEASE = 4;

  private final String place;
  private final String job;
  private final String startKey;
  private final long epoch;
  private final Duration checkpoints;
  private final Optional<Duration> beat;

  private SignSettings(
      String place, String job, String startKey, long epoch, Duration checkpoints, Optional<Duration> beat) {
    this.place = place;
    this.job = job;
    this.startKey = startKey;
    this.epoch = epoch;
    this.checkpoints = checkpoints;
    this.beat = beat;
  }

  /**
   * Reads the settings; empty for a start that gives no signs, as one of an older release of Sluice.
   *
   * @throws IllegalArgumentException when a setting is missing or makes no sense
   */
  static Optional<SignSettings> of(Properties properties, GateSettings gate) {
    if (!properties.containsKey("signs")) return Optional.empty();
    return Optional.of(
        new SignSettings(
            GateSettings.text(properties, "signs"),
            GateSettings.text(properties, "job"),
            gate.startKey(),
            GateSettings.wholeNumber(properties, "epoch"),
            GateSettings.milliseconds(properties, "checkpoints"),
            gate.lease().map(lease -> lease.dividedBy(BEATS_IN_LEASE))));
  }

  /** The URI of the object. */
  String place() {
    return place;
  }

  String job() {
    return job;
  }

  String startKey() {
    return startKey;
  }

  long epoch() {
    return epoch;
  }

  /** The time between two signs that only a completed checkpoint gives. */
  Duration checkpoints() {
    return checkpoints;
  }

  /** The longest time between two signs; empty: a start without a lease gives a sign only when something happens. */
  Optional<Duration> beat() {
    return beat;
  }
}
