package com.example;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** A JSON line. The class builds JSON by hand, because a library would have to go into Flink's class path. */
final class Line {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final StringBuilder text;

    Line() {
        this.text = new StringBuilder(256);
    }

    private Line(StringBuilder text) {
        this.text = text;
    }

    /** Copies the line, for a line that begins with the same fields. */
    Line copy() {
        return new Line(new StringBuilder(text));
    }

    Line text(String name, String value) {
        return raw(name, value == null ? "null" : quote(value));
    }

    Line number(String name, Long value) {
        return raw(name, String.valueOf(value));
    }

    Line raw(String name, String json) {
        text.append(text.length() == 0 ? "{" : ",").append(quote(name)).append(':').append(json);
        return this;
    }

    /** Adds the time and ends the line. */
    String end() {
        return text("emittedAt", TIME.format(Instant.now())).text.append("}\n").toString();
    }

    static String quote(String value) {
        StringBuilder quoted = new StringBuilder(value.length() + 2).append('"');
        for (int at = 0; at < value.length(); at++) {
            char character = value.charAt(at);
            if (character == '"' || character == '\\') {
                quoted.append('\\').append(character);
            } else if (character < ' ') {
                quoted.append(String.format("\\u%04x", (int) character));
            } else {
                quoted.append(character);
            }
        }
        return quoted.append('"').toString();
    }
}
