package sluice.agent;

import java.util.Properties;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/** Pretends to be the plugin of Sluice, and says of every JVM that it has passed its gate. */
public final class GateReporterFactory implements MetricReporterFactory {
  @Override
  public MetricReporter createMetricReporter(Properties properties) {
    System.setProperty("sluice.armed", "pretended");
    return new GateReporter();
  }
}
