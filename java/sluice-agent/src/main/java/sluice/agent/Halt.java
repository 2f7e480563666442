package sluice.agent;

import java.time.Instant;

/**
 * Ends this JVM at once, without shutdown hooks: Flink's hooks would unregister from YARN, and take time that an instance
 * without a right to run does not have. The exit code reaches YARN's diagnostics, the reason only the error stream.
 */
final class Halt {
  /** The gate cannot be asked: a setting of the reporter is missing or makes no sense. */
  static final int UNUSABLE = 85;
  /** The record gives this JVM no right to run, and never will. */
  static final int REFUSED = 86;
  /** The store gave no good answer for too long. */
  static final int SILENT = 87;
  /** The gate was held for too long, or nobody promoted a standby in time. */
  static final int HELD = 88;
  /** The program was about to run although no gate has been passed, or otherwise than its start was given: its lease, or as a standby. */
  static final int UNARMED = 89;
  /** The record took the right to run away while this JVM ran. */
  static final int REVOKED = 90;
  /** The store gave no good answer for as long as the lease lasts. */
  static final int LEASE_OVER = 91;
  /** The program of a standby would have run without the restore path of its start. */
  static final int UNRESTORABLE = 92;

  /** A full disk or a pipe that nobody reads can block the error stream for ever. Nothing of the job runs meanwhile. */
  private static final long LAST_WORDS_MS = 500;

  private Halt() {}

  /** Never returns. The type lets callers write {@code throw}, so that no code after the call can run. */
  static RuntimeException now(int code, String reason) {
    return now(code, reason, LAST_WORDS_MS);
  }

  static RuntimeException now(int code, String reason, long lastWordsMs) {
    try {
      String words = Instant.now() + " sluice: ends this JVM with " + code + ", because " + reason;
      start(() -> System.err.println(words)).join(lastWordsMs);
      start(() -> Runtime.getRuntime().halt(code)).join();
    } catch (Throwable noThread) {
      // Without memory for a thread there are no last words.
    }
    Runtime.getRuntime().halt(code);
    return new IllegalStateException("this JVM outlived its end: " + reason);
  }

  /**
   * Starts a thread that inherits nothing: with {@code cluster.intercept-user-system-exit: THROW} Flink forbids an exit to
   * the thread that runs main() and to those that inherit from it (FlinkSecurityManager, 1.20.1 and 2.1.0).
   */
  private static Thread start(Runnable work) {
    Thread thread = new Thread(null, work, "sluice-halt", 0, false);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
