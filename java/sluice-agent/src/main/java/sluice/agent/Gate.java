package sluice.agent;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds this JVM up until the gate record in S3 says that it may run. The thread that waits does no I/O and goes by a clock that
 * nobody sets, so it ends the JVM in time, however long a read hangs.
 */
final class Gate {
  private static final Logger LOG = LoggerFactory.getLogger(Gate.class);

  /** A start is opened seconds after its JobManager came up, so the first questions come fast. */
  private static final Duration FAST = Duration.ofMillis(250);
  private static final Duration SLOW = Duration.ofSeconds(1);
  private static final Duration FAST_FOR = Duration.ofSeconds(10);

  /**
   * An answer counts for this part of the silence, from the moment of the question on. One connection that hangs so leaves
   * time for further questions, and an answer that came late, or a JVM that was frozen, gives no right to run.
   */
  static final int QUESTIONS_IN_SILENCE = 4;

  private final GateSettings settings;
  private final Instance me;
  private final Questions questions;
  private final long begun = System.nanoTime();
  private long lastAnswer = begun;
  private String lastFailure = "no answer has come";
  /** The time of the first answer that said {@code held}; null before. */
  private Long heldSince;
  private boolean interrupted;
  private Verdict verdict;

  Gate(GateSettings settings, Instance me, Questions questions) {
    this.settings = settings;
    this.me = me;
    this.questions = questions;
  }

  /** An answer that lets this JVM pass. */
  static final class Passage {
    final Verdict verdict;
    /** The time, by {@code System.nanoTime}, at which the answer was asked for. */
    final long asked;

    private Passage(Verdict verdict, long asked) {
      this.verdict = verdict;
      this.asked = asked;
    }
  }

  /** Returns when this JVM may come up. Otherwise the JVM ends. */
  Passage pass() {
    Verdict.of(me).ifPresent(refused -> end(Halt.REFUSED, refused.reason));
    while (!isOpen()) {
      refuseTooLong();
      pause();
    }
    LOG.info("The gate lets {} pass after {} ms: {}.", me.startKey(), sinceNanos(begun).toMillis(), verdict.reason);
    if (interrupted) Thread.currentThread().interrupt();
    return new Passage(verdict, lastAnswer);
  }

  /** Asks once, and tells whether the answer lets this JVM pass. */
  private boolean isOpen() {
    long asked = System.nanoTime();
    verdict = answerTo(questions.ask());
    if (verdict == null) return false;
    if (sinceNanos(asked).compareTo(patience()) > 0) {
      lastFailure = "an answer came late";
      return false;
    }
    lastAnswer = asked;
    if (verdict.kind == Verdict.Kind.REFUSED) end(Halt.REFUSED, verdict.reason);
    if (verdict.kind == Verdict.Kind.HELD && heldSince == null) {
      heldSince = asked;
      LOG.info("The gate holds {}.", me.startKey());
    }
    return verdict.kind == Verdict.Kind.PASS;
  }

  /** Waits for an answer as long as it would count. Null stands for none. */
  private Verdict answerTo(CompletableFuture<Verdict> answer) {
    try {
      return answer.get(patience().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException hangs) {
      lastFailure = "a read hangs";
    } catch (ExecutionException failure) {
      lastFailure = String.valueOf(failure.getCause());
    } catch (InterruptedException untilLater) {
      interrupted = true;
    }
    return null;
  }

  private Duration patience() {
    return settings.silence().dividedBy(QUESTIONS_IN_SILENCE);
  }

  private void refuseTooLong() {
    if (sinceNanos(lastAnswer).compareTo(settings.silence()) >= 0)
      end(Halt.SILENT, settings.gate() + " gave no good answer for " + inMs(settings.silence()) + ": " + lastFailure);
    if (heldSince != null && sinceNanos(heldSince).compareTo(settings.hold()) >= 0)
      end(Halt.HELD, me.startKey() + " is held for more than " + inMs(settings.hold()));
  }

  private void pause() {
    try {
      Thread.sleep((sinceNanos(begun).compareTo(FAST_FOR) < 0 ? FAST : SLOW).toMillis());
    } catch (InterruptedException untilLater) {
      interrupted = true;
    }
  }

  private void end(int code, String reason) {
    throw Halt.now(code, reason);
  }

  private static String inMs(Duration duration) {
    return duration.toMillis() + " ms";
  }

  private static Duration sinceNanos(long start) {
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
