package com.example;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;

/** The identity of the running instance. main() reads it once, so that a failover inside the application keeps it. */
final class Identity implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final ConfigOption<String> RESTORE_PATH =
            ConfigOptions.key("execution.state-recovery.path")
                    .stringType()
                    .noDefaultValue()
                    .withDeprecatedKeys("execution.savepoint.path");

    final String job;
    final Long deployment;
    final String instance;
    final String restoredFrom;
    final String version;

    private Identity(String job, Long deployment, String instance, String restoredFrom, String version) {
        this.job = job;
        this.deployment = deployment;
        this.instance = instance;
        this.restoredFrom = restoredFrom;
        this.version = version;
    }

    static Identity of(Map<String, String> environment, ReadableConfig configuration) {
        String applicationId = environment.get("_APP_ID");
        return new Identity(
                environment.getOrDefault("SLUICE_JOB", "clicks"),
                deployment(environment.get("SLUICE_DEPLOYMENT")),
                applicationId == null ? "local-" + UUID.randomUUID() : applicationId,
                configuration.get(RESTORE_PATH),
                builtVersion());
    }

    /** Begins a line with the fields that all lines share. */
    Line line() {
        return new Line()
                .text("job", job)
                .number("deployment", deployment)
                .text("instance", instance)
                .text("restoredFrom", restoredFrom)
                .text("version", version);
    }

    private static Long deployment(String value) {
        if (value == null || value.isEmpty()) {
            return null;
        }
        try {
            return Long.valueOf(value);
        } catch (NumberFormatException cause) {
            throw new IllegalArgumentException("SLUICE_DEPLOYMENT must be a number, got \"" + value + "\"", cause);
        }
    }

    private static String builtVersion() {
        Properties properties = new Properties();
        try (InputStream stream = Identity.class.getResourceAsStream("/clicks.properties")) {
            if (stream != null) {
                properties.load(stream);
            }
        } catch (IOException cause) {
            throw new UncheckedIOException("cannot read clicks.properties from the job's JAR", cause);
        }
        return properties.getProperty("version", "unknown");
    }
}
