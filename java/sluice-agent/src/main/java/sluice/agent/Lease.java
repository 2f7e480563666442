package sluice.agent;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Keeps a running JVM alive only as long as the gate record says that it may run: a revoked or absent entry ends it at once, and
 * so does a time without a good answer that is longer than the lease. Somebody who has revoked a gate therefore knows that
 * nothing of the start runs once the lease is over, although nobody can reach the JVM.
 *
 * <p>The watchdog does no I/O, takes no lock and goes by a clock that nobody sets, so it ends the JVM in time, however long
 * reads hang. A thread of its own asks.
 */
final class Lease {
  /** The reads that fit into a lease: so many in a row must fail before the JVM ends. */
  static final int READS = 8;
  /** The part of a pause that chance adds or takes away, so that JVMs which started together do not ask together for ever. */
  private static final double JITTER = 0.25;

  private static final long WATCH_EVERY_MS = 100;
  /** The job writes on until its JVM ends, unlike at the gate, so the last words get no time to speak of. */
  private static final long LAST_WORDS_MS = 10;

  private final Questions questions;
  private final Duration lease;
  /** The time at which the newest good answer was asked for: the record may have changed since. */
  private final AtomicLong lastAnswer;
  private final AtomicInteger unanswered = new AtomicInteger();
  private final AtomicInteger answers = new AtomicInteger();
  private volatile String lastFailure = "no read failed";

  /** @param answered the time, by {@code System.nanoTime}, at which the answer was asked for that opened the gate */
  Lease(Questions questions, Duration lease, long answered) {
    this.questions = questions;
    this.lease = lease;
    this.lastAnswer = new AtomicLong(answered);
  }

  void begin() {
    start("sluice-lease-watchdog", this::watch).setPriority(Thread.MAX_PRIORITY);
    start("sluice-lease", this::askForEver);
  }

  /** Good answers so far. */
  int answers() {
    return answers.get();
  }

  private void watch() {
    while (!isOver()) sleep(WATCH_EVERY_MS);
    throw end();
  }

  /** Tells whether this JVM may be taken for dead. */
  boolean isOver() {
    return System.nanoTime() - lastAnswer.get() >= lease.toNanos();
  }

  private RuntimeException end() {
    long silent = Duration.ofNanos(System.nanoTime() - lastAnswer.get()).toMillis();
    String why = "the gate gave no good answer for " + silent + " ms, and the lease is " + lease.toMillis() + " ms: ";
    return Halt.now(Halt.LEASE_OVER, why + lastFailure + "; " + unanswered + " reads hang", LAST_WORDS_MS);
  }

  private void askForEver() {
    while (true) {
      double chance = 1 + JITTER * (2 * ThreadLocalRandom.current().nextDouble() - 1);
      sleep(Math.max(1, (long) (chance * lease.toMillis() / READS)));
      // Reads that hang keep their threads. Once this many hang, the lease is over before another one could have been asked.
      if (unanswered.get() >= READS) continue;
      try {
        ask();
      } catch (Throwable failure) {
        lastFailure = String.valueOf(failure); // no memory for a thread; the next question may have it
      }
    }
  }

  private void ask() {
    long asked = System.nanoTime();
    unanswered.incrementAndGet();
    try {
      questions.ask().whenComplete((verdict, failure) -> hear(asked, verdict, failure));
    } catch (Throwable unasked) {
      unanswered.decrementAndGet();
      throw unasked;
    }
  }

  /** Runs in the thread of the question. A late answer counts from its question on, and a refusal however late it is. */
  private void hear(long asked, Verdict verdict, Throwable failure) {
    unanswered.decrementAndGet();
    if (failure != null) {
      lastFailure = String.valueOf(failure);
      return;
    }
    if (verdict.kind == Verdict.Kind.REFUSED)
      throw Halt.now(Halt.REVOKED, verdict.reason + ", while it ran", LAST_WORDS_MS);
    if (isOver()) throw end(); // a JVM that was frozen for so long may be taken for dead, whatever it reads once it wakes
    lastAnswer.accumulateAndGet(asked, (before, now) -> now - before > 0 ? now : before);
    answers.incrementAndGet();
  }

  /** Starts a thread that no exception ends, since a JVM without its watchdog would run for ever. */
  private static Thread start(String name, Runnable work) {
    Runnable guarded =
        () -> {
          try {
            work.run();
          } catch (Throwable failure) {
            throw Halt.now(Halt.LEASE_OVER, name + " failed: " + failure, LAST_WORDS_MS);
          }
        };
    Thread thread = new Thread(guarded, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void sleep(long ms) {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException nobodyEndsALease) {
      // The loop of the caller goes on.
    }
  }
}
