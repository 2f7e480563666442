package sluice.agent;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonFactory;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonParser;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonToken;

/**
 * Reads the gate record {@code gates/<job>.json}. A JVM runs for months and meets records of newer releases of Sluice, so
 * unknown fields are skipped. Whatever is not understood in full is no answer: the caller asks again.
 *
 * <p>The parser is the one inside flink-dist. Plugins share its classes, because those of {@code org.apache.flink.} come
 * from Flink's own class loader (CoreOptions.PLUGIN_ALWAYS_PARENT_FIRST_LOADER_PATTERNS, 1.20.1 and 2.1.0).
 */
final class GateRecord {
  /** The number of this reader, counted by src/domain/compatibility/reader.ts. */
  private static final int READER = 2;

  /** A field that stands twice has two meanings. */
  private static final JsonFactory JSON = new JsonFactory().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

  /** What the record says of one start. */
  static final class Start {
    /** {@code held}, {@code open}, {@code revoked}, or a word of a newer release. */
    final String gate;
    /** Null as long as the application is not known. */
    final String applicationId;
    /** The path that a standby restores its state from; null for none. Other starts know theirs from their configuration. */
    final String restore;

    Start(String gate, String applicationId, String restore) {
      this.gate = gate;
      this.applicationId = applicationId;
      this.restore = restore;
    }
  }

  private final JsonParser parser;
  private final String startKey;
  private Start own;

  private GateRecord(JsonParser parser, String startKey) {
    this.parser = parser;
    this.startKey = startKey;
  }

  /**
   * Finds the entry of a start.
   *
   * @throws IOException when the record cannot be read, or is not understood
   */
  static Optional<Start> read(InputStream from, String startKey) throws IOException {
    try (JsonParser parser = JSON.createParser(from)) {
      GateRecord record = new GateRecord(parser, startKey);
      record.read();
      return Optional.ofNullable(record.own);
    }
  }

  private void read() throws IOException {
    boolean hasStarts = false;
    expect(parser.nextToken(), JsonToken.START_OBJECT);
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      parser.nextToken();
      if (field.equals("starts")) {
        readStarts();
        hasStarts = true;
      } else if (field.equals("minReader")) {
        checkReader();
      } else {
        parser.skipChildren();
      }
    }
    expect(parser.currentToken(), JsonToken.END_OBJECT);
    if (!hasStarts) throw new IOException("the gate record has no starts");
    if (parser.nextToken() != null) throw new IOException("the gate record goes on after its end");
  }

  private void checkReader() throws IOException {
    expect(parser.currentToken(), JsonToken.VALUE_NUMBER_INT);
    if (parser.getDoubleValue() > READER)
      throw new IOException("the gate record is for readers from " + parser.getText() + " on, and this one is " + READER);
  }

  private void readStarts() throws IOException {
    expect(parser.currentToken(), JsonToken.START_ARRAY);
    while (parser.nextToken() == JsonToken.START_OBJECT) readStart();
    expect(parser.currentToken(), JsonToken.END_ARRAY);
  }

  private void readStart() throws IOException {
    String key = null;
    String gate = null;
    String applicationId = null;
    String restore = null;
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      parser.nextToken();
      if (field.equals("startKey")) key = textOrNull();
      else if (field.equals("gate")) gate = textOrNull();
      else if (field.equals("applicationId")) applicationId = textOrNull();
      else if (field.equals("restore")) restore = textOrNull();
      else parser.skipChildren();
    }
    expect(parser.currentToken(), JsonToken.END_OBJECT);
    if (!startKey.equals(key)) return;
    if (own != null) throw new IOException("the gate record has two entries of " + startKey);
    if (gate == null) throw new IOException("the entry of " + startKey + " has no gate");
    if (restore != null && restore.isEmpty()) throw new IOException("the entry of " + startKey + " has an empty restore path");
    own = new Start(gate, applicationId, restore);
  }

  private String textOrNull() throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_NULL) return null;
    expect(parser.currentToken(), JsonToken.VALUE_STRING);
    return parser.getText();
  }

  private static void expect(JsonToken token, JsonToken wanted) throws IOException {
    if (token != wanted) throw new IOException("the gate record has " + token + " where " + wanted + " belongs");
  }
}
