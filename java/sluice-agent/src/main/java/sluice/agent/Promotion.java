package sluice.agent;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits in the JobManager of a standby, which came up while its gate was held, until the gate is open, and then lets {@link Entry}
 * run the program with the restore path that the gate names. A standby that nobody promotes ends by itself.
 *
 * <p>The thread that waits does no I/O and goes by a clock that nobody sets, so it ends the JVM in time, however long reads hang.
 */
final class Promotion {
  private static final Logger LOG = LoggerFactory.getLogger(Promotion.class);

  /** The pause between two questions once the program could run, because nothing of the job runs until it is answered. */
  private static final long SHORTEST_PAUSE_MS = 15;
  private static final long LONGEST_PAUSE_MS = 25;
  private static final Duration FAST_FOR = Duration.ofMinutes(1);
  /** The pause before main() could run, and after the fast time: each question costs requests and CPU. */
  private static final long SLOW_PAUSE_MS = 250;

  /** Reads that hang keep their threads, so no further one begins beside so many. */
  private static final int MOST_HANGING = 8;
  /** The time after which a read counts as hanging. Each read that hangs doubles it, so the threads last for a minute. */
  private static final long PATIENCE_MS = 250;

  private final GateSettings settings;
  private final Questions questions;
  private final Verdict first;
  private final long heldSince;
  private final AtomicInteger hanging = new AtomicInteger();
  private long lastAnswer;
  private String lastFailure = "no answer has come";
  /** The end of the fast time; null before main() could run. */
  private Long fastUntil;

  /** @param passage the answer with which this JVM came up */
  Promotion(GateSettings settings, Questions questions, Gate.Passage passage) {
    this.settings = settings;
    this.questions = questions;
    this.first = passage.verdict;
    this.heldSince = passage.asked;
    this.lastAnswer = passage.asked;
  }

  void begin() {
    System.setProperty(GateReporter.STANDBY, String.valueOf(limit().toMillis()));
    if (first.open) {
      promote(first);
      return;
    }
    Thread thread = new Thread(this::await, "sluice-promotion");
    thread.setDaemon(true);
    thread.start();
  }

  private void await() {
    try {
      Verdict verdict = ask();
      while (verdict == null || !verdict.open) {
        endWhenOver();
        pause();
        verdict = ask();
      }
      promote(verdict);
    } catch (Throwable failure) {
      throw Halt.now(Halt.UNUSABLE, "its promotion failed: " + failure);
    }
  }

  private void promote(Verdict verdict) {
    if (verdict.restore != null) System.setProperty(GateReporter.RESTORE, verdict.restore);
    System.setProperty(GateReporter.ARMED, settings.startKey());
    System.setProperty(GateReporter.PROMOTED, settings.startKey());
    String from = verdict.restore == null ? "no restore point" : verdict.restore;
    LOG.info("{} is promoted after {} ms, with {}.", settings.startKey(), since(heldSince).toMillis(), from);
  }

  /** Asks once. Null stands for no good answer. */
  private Verdict ask() {
    if (hanging.get() >= MOST_HANGING) return null;
    long asked = System.nanoTime();
    Verdict verdict = answerTo(asked);
    // The record may have changed since the question of a JVM that was frozen, or of an answer that came late.
    if (verdict == null || since(asked).compareTo(longestPatience()) > 0) return null;
    if (verdict.kind == Verdict.Kind.REFUSED) throw Halt.now(Halt.REFUSED, verdict.reason + ", while it was held");
    lastAnswer = asked;
    return verdict;
  }

  private Verdict answerTo(long asked) {
    try {
      CompletableFuture<Verdict> answer = questions.ask();
      try {
        return answer.get(patience().toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException hangs) {
        hanging.incrementAndGet();
        answer.whenComplete((late, failure) -> hanging.decrementAndGet());
        lastFailure = "a read hangs";
      }
    } catch (ExecutionException failure) {
      lastFailure = String.valueOf(failure.getCause());
    } catch (InterruptedException nobodyEndsAPromotion) {
      lastFailure = "the wait was interrupted";
    } catch (OutOfMemoryError noThread) {
      lastFailure = String.valueOf(noThread);
    }
    return null;
  }

  /** The time to wait for an answer now, at most until this JVM ends. */
  private Duration patience() {
    Duration patience = Duration.ofMillis(PATIENCE_MS << hanging.get());
    return shortest(shortest(patience, longestPatience()), shortest(left(lastAnswer, settings.silence()), left(heldSince, limit())));
  }

  private Duration longestPatience() {
    return settings.silence().dividedBy(Gate.QUESTIONS_IN_SILENCE);
  }

  private void endWhenOver() {
    if (since(lastAnswer).compareTo(settings.silence()) >= 0)
      throw Halt.now(
          Halt.SILENT,
          settings.gate() + " gave no good answer for " + settings.silence().toMillis() + " ms: " + lastFailure);
    if (since(heldSince).compareTo(limit()) >= 0)
      throw Halt.now(Halt.HELD, settings.startKey() + " was not promoted within " + limit().toMillis() + " ms");
  }

  private void pause() {
    if (fastUntil == null && System.getProperty(GateReporter.WAITING) != null)
      fastUntil = System.nanoTime() + FAST_FOR.toNanos();
    boolean fast = fastUntil != null && fastUntil - System.nanoTime() > 0;
    try {
      Thread.sleep(
          fast ? ThreadLocalRandom.current().nextLong(SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS + 1) : SLOW_PAUSE_MS);
    } catch (InterruptedException nobodyEndsAPromotion) {
      // The loop of the caller goes on.
    }
  }

  private Duration limit() {
    return settings.standby().orElseThrow();
  }

  private static Duration left(long since, Duration length) {
    Duration left = length.minus(since(since));
    return left.isNegative() ? Duration.ZERO : left;
  }

  private static Duration shortest(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static Duration since(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
