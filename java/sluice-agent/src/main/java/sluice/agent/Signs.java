package sluice.agent;

import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives signs of life: overwrites one object in S3 when something happens to the job. Signs are hints, so nothing waits for them
 * and no failure of theirs has an effect on the job. A thread of its own looks at the job; each write has one too, because a
 * write may hang.
 */
final class Signs {
  private static final Logger LOG = LoggerFactory.getLogger(Signs.class);

  private static final long LOOK_EVERY_MS = 250;
  /** A write that takes longer is given up, and the next one may begin. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  /** Writes that hang keep their threads, so no further one begins beside so many. */
  private static final int MOST_HANGING = 4;

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  private final SignSettings settings;
  private final Instance me;
  private final Vitals vitals;
  private final BooleanSupplier mayRun;
  private final URI place;
  private final Occasions occasions;
  private final AtomicInteger hanging = new AtomicInteger();

  /** The write under way, and its sign; null without one. */
  private CompletableFuture<Void> writing;
  private Sign sign;
  private long begunAt;
  private Duration pause = Duration.ZERO;
  private long failedAt;

  /** @param mayRun whether this JVM still has a right to run: a JVM that is about to be ended gives no signs */
  Signs(SignSettings settings, Instance me, Vitals vitals, BooleanSupplier mayRun) {
    this.settings = settings;
    this.me = me;
    this.vitals = vitals;
    this.mayRun = mayRun;
    this.place = URI.create(settings.place());
    this.occasions = new Occasions(settings, System.nanoTime());
  }

  void begin() {
    start("sluice-signs", this::lookForEver);
  }

  private void lookForEver() {
    while (true) {
      try {
        Thread.sleep(LOOK_EVERY_MS);
        look(System.nanoTime());
      } catch (InterruptedException nobodyEndsSigns) {
        // The loop goes on.
      } catch (Throwable failure) {
        failed(failure, System.nanoTime());
      }
    }
  }

  private void look(long now) {
    Vitals.Look look = vitals.look();
    settle(now);
    if (writing != null || now - failedAt < pause.toNanos()) return;
    if (hanging.get() >= MOST_HANGING || !mayRun.getAsBoolean()) return;
    Optional<Sign.Because> because = occasions.of(look, now);
    if (because.isEmpty()) return;
    sign = new Sign(look, because.get());
    begunAt = now;
    writing = write(sign);
  }

  /** Takes note of the end of the write under way, or gives it up. */
  private void settle(long now) {
    if (writing == null) return;
    if (writing.isDone()) {
      CompletableFuture<Void> ended = writing;
      writing = null;
      ended.handle((nothing, failure) -> failure == null ? succeeded() : failed(failure, now)).join();
    } else if (now - begunAt > PATIENCE.toNanos()) {
      hanging.incrementAndGet();
      writing.whenComplete((nothing, failure) -> hanging.decrementAndGet());
      writing = null;
      failed(new IllegalStateException("a write hangs"), now);
    }
  }

  private Void succeeded() {
    if (!pause.isZero()) LOG.info("Signs of {} are written again.", settings.job());
    pause = Duration.ZERO;
    occasions.gave(sign, begunAt);
    return null;
  }

  private Void failed(Throwable failure, long now) {
    if (pause.isZero())
      LOG.warn("Sluice hears late of {}: its sign {} cannot be written: {}", settings.job(), place, String.valueOf(failure));
    Duration next = pause.isZero() ? FIRST_PAUSE : pause.multipliedBy(2);
    pause = next.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : next;
    failedAt = now;
    return null;
  }

  private CompletableFuture<Void> write(Sign sign) {
    CompletableFuture<Void> written = new CompletableFuture<>();
    Runnable write =
        () -> {
          try {
            byte[] text = sign.text(settings, me.applicationId()).getBytes(StandardCharsets.UTF_8);
            FileSystem store = FileSystem.getUnguardedFileSystem(place);
            try (OutputStream to = store.create(new Path(place), FileSystem.WriteMode.OVERWRITE)) {
              to.write(text);
            }
            written.complete(null);
          } catch (Throwable failure) {
            written.completeExceptionally(failure);
          }
        };
    start("sluice-sign", write);
    return written;
  }

  private static void start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }
}
