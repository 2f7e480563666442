package sluice.agent;

import java.io.IOException;
import java.io.StringWriter;
import java.time.Instant;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonFactory;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonGenerator;

/**
 * A sign of life of a JobManager, as {@code signs/<cluster>/<job>.json} holds it. Sluice acts on the change of the object and asks
 * the JobManager; people read the content. The format only gains fields.
 */
final class Sign {
  private static final int VERSION = 1;
  private static final JsonFactory JSON = new JsonFactory();

  /** Why a sign was given. */
  enum Because {
    STATE("state"),
    RESTART("restart"),
    CHECKPOINT("checkpoint"),
    BEAT("beat");

    final String word;

    Because(String word) {
      this.word = word;
    }
  }

  final Vitals.Look look;
  final Because because;

  Sign(Vitals.Look look, Because because) {
    this.look = look;
    this.because = because;
  }

  /** Writes the sign as of now. */
  String text(SignSettings settings, String applicationId) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonGenerator to = JSON.createGenerator(text)) {
      to.writeStartObject();
      to.writeNumberField("version", VERSION);
      to.writeStringField("job", settings.job());
      to.writeStringField("startKey", settings.startKey());
      to.writeNumberField("epoch", settings.epoch());
      to.writeStringField("applicationId", applicationId);
      to.writeStringField("at", Instant.now().toString());
      to.writeStringField("seen", look.seen.word);
      to.writeStringField("because", because.word);
      to.writeNumberField("restarts", look.restarts);
      if (look.checkpoint > 0) to.writeNumberField("checkpoint", look.checkpoint);
      else to.writeNullField("checkpoint");
      to.writeEndObject();
    }
    return text.toString();
  }
}
