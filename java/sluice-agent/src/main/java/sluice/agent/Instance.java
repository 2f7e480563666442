package sluice.agent;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The start, application and attempt that this JVM belongs to, and its role in it. */
final class Instance {
  /** {@code container_[e<epoch>_]<cluster>_<application>_<attempt>_<number>} (ContainerId.toString, Hadoop 3.4.3). */
  private static final Pattern CONTAINER =
      Pattern.compile("container_(?:e[0-9]+_)?([0-9]+_[0-9]+)_([0-9]{1,9})_[0-9]+");

  private final String startKey;
  private final String applicationId;
  private final int attempt;
  private final boolean jobManager;
  private final boolean standby;

  private Instance(String startKey, String applicationId, int attempt, boolean jobManager, boolean standby) {
    this.startKey = startKey;
    this.applicationId = applicationId;
    this.attempt = attempt;
    this.jobManager = jobManager;
    this.standby = standby;
  }

  /**
   * Reads the environment of a container of YARN.
   *
   * @param standby whether its start comes up while it is held
   * @throws IllegalArgumentException when this JVM runs in no container of YARN
   */
  static Instance of(Map<String, String> environment, String startKey, boolean standby) {
    String container = String.valueOf(environment.get("CONTAINER_ID"));
    Matcher parts = CONTAINER.matcher(container);
    if (!parts.matches()) throw new IllegalArgumentException("CONTAINER_ID names no container of YARN: " + container);
    // Flink's client gives the variable to the application master only (YarnClusterDescriptor, 1.20.1 and 2.1.0).
    boolean jobManager = environment.containsKey("_CLIENT_SHIP_FILES");
    int attempt = Integer.parseInt(parts.group(2));
    return new Instance(startKey, "application_" + parts.group(1), attempt, jobManager, standby);
  }

  String startKey() {
    return startKey;
  }

  String applicationId() {
    return applicationId;
  }

  int attempt() {
    return attempt;
  }

  boolean isJobManager() {
    return jobManager;
  }

  boolean isStandby() {
    return standby;
  }
}
