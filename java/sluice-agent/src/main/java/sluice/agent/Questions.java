package sluice.agent;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/** Asks the gate record in S3 for the verdict on this JVM. Each question has a thread of its own, because a read may hang. */
final class Questions {
  private final URI gate;
  private final Instance me;

  Questions(GateSettings settings, Instance me) {
    this.gate = URI.create(settings.gate());
    this.me = me;
  }

  CompletableFuture<Verdict> ask() {
    CompletableFuture<Verdict> answer = new CompletableFuture<>();
    Runnable read =
        () -> {
          try {
            answer.complete(Verdict.of(me, read()));
          } catch (Throwable failure) {
            answer.completeExceptionally(failure);
          }
        };
    Thread thread = new Thread(read, "sluice-gate");
    thread.setDaemon(true);
    thread.start();
    return answer;
  }

  /**
   * Reads the record with Flink's own access to S3, which checkpoints use too. Its safety net is for the code of jobs. S3A
   * sends a HEAD before each GET, and Flink's interface has no way around that (FileSystem.open, 1.20.1 and 2.1.0).
   *
   * @return empty when the record, or the entry in it, is not there
   */
  private Optional<GateRecord.Start> read() throws IOException {
    try (InputStream from = FileSystem.getUnguardedFileSystem(gate).open(new Path(gate))) {
      return GateRecord.read(from, me.startKey());
    } catch (FileNotFoundException absent) {
      return Optional.empty();
    }
  }
}
