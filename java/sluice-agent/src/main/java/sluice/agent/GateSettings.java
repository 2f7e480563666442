package sluice.agent;

import java.time.Duration;
import java.util.Optional;
import java.util.Properties;

/** The settings below {@code metrics.reporter.sluice.}, which Sluice writes for each start. */
final class GateSettings {
  private final String gate;
  private final String startKey;
  private final Duration silence;
  private final Duration hold;
  private final Optional<Duration> lease;
  private final Optional<Duration> standby;

  private GateSettings(
      String gate,
      String startKey,
      Duration silence,
      Duration hold,
      Optional<Duration> lease,
      Optional<Duration> standby) {
    this.gate = gate;
    this.startKey = startKey;
    this.silence = silence;
    this.hold = hold;
    this.lease = lease;
    this.standby = standby;
  }

  /** @throws IllegalArgumentException when a setting is missing or makes no sense */
  static GateSettings of(Properties properties) {
    return new GateSettings(
        text(properties, "gate"),
        text(properties, "start"),
        milliseconds(properties, "silence"),
        milliseconds(properties, "hold"),
        millisecondsIfAny(properties, "lease"),
        millisecondsIfAny(properties, "standby"));
  }

  /** The URI of the record. */
  String gate() {
    return gate;
  }

  /** The key of the start that this JVM belongs to, as the record writes it. */
  String startKey() {
    return startKey;
  }

  /** The time without a good answer after which this JVM ends. */
  Duration silence() {
    return silence;
  }

  /** The time for which a JobManager waits while its start is held. */
  Duration hold() {
    return hold;
  }

  /** The time without a good answer after which a JVM that runs ends; empty for a start that only has a gate. */
  Optional<Duration> lease() {
    return lease;
  }

  /**
   * The time after which the JobManager of a standby ends unless somebody opens its gate; empty for a start that is no standby. A
   * standby is a start whose Flink comes up while it is held.
   */
  Optional<Duration> standby() {
    return standby;
  }

  static String text(Properties properties, String name) {
    String value = properties.getProperty(name, "").trim();
    if (value.isEmpty()) throw new IllegalArgumentException(keyOf(name) + " is missing");
    return value;
  }

  static Duration milliseconds(Properties properties, String name) {
    String value = text(properties, name);
    if (value.matches("[1-9][0-9]{0,9}")) return Duration.ofMillis(Long.parseLong(value));
    throw new IllegalArgumentException(keyOf(name) + " is no number of milliseconds: " + value);
  }

  private static Optional<Duration> millisecondsIfAny(Properties properties, String name) {
    return properties.containsKey(name) ? Optional.of(milliseconds(properties, name)) : Optional.empty();
  }

  static long wholeNumber(Properties properties, String name) {
    String value = text(properties, name);
    if (value.matches("[0-9]{1,15}")) return Long.parseLong(value);
    throw new IllegalArgumentException(keyOf(name) + " is no whole number: " + value);
  }

  private static String keyOf(String name) {
    return "metrics.reporter.sluice." + name;
  }
}
