package sluice.agent;

import java.util.Properties;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/**
 * Lets Flink load the gate as a plugin. Flink makes reporters of metrics early in JobManagers and TaskManagers of every
 * version, before main() and before a TaskManager registers, when its file systems are ready already
 * (ClusterEntrypoint.initializeServices and TaskManagerRunner.startTaskManagerRunnerServices, 1.20.1 and 2.1.0).
 */
public final class GateReporterFactory implements MetricReporterFactory {
  @Override
  public GateReporter createMetricReporter(Properties properties) {
    return new GateReporter();
  }
}
