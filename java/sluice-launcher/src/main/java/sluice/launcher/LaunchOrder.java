package sluice.launcher;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The launch order that Sluice wrote as JSON.
 *
 * @param jvmOptions options of the client's JVM
 * @param action the client's action and options, e.g. {@code run-application -t yarn-application}
 */
record LaunchOrder(
    Jar jar, List<String> jvmOptions, List<String> action, String entryClass, List<String> arguments) {

  /** The job's JAR, with the size and sha256 that identify it. */
  record Jar(String uri, String name, String sha256, long size) {}

  static LaunchOrder read(Path file) throws IOException {
    JsonNode order = new ObjectMapper().readTree(file.toFile());
    JsonNode jar = order.path("jar");
    return new LaunchOrder(
        new Jar(text(jar, "uri"), text(jar, "name"), text(jar, "sha256"), jar.path("size").asLong(-1)),
        texts(order, "jvmOptions"),
        texts(order, "action"),
        text(order, "entryClass"),
        texts(order, "arguments"));
  }

  private static String text(JsonNode parent, String field) throws IOException {
    JsonNode value = parent.path(field);
    if (value.isTextual()) return value.textValue();
    throw new IOException("the launch order lacks " + field);
  }

  private static List<String> texts(JsonNode parent, String field) throws IOException {
    JsonNode value = parent.path(field);
    if (!value.isArray()) throw new IOException("the launch order lacks " + field);
    List<String> texts = new ArrayList<>();
    value.forEach(item -> texts.add(item.textValue()));
    return texts;
  }
}
