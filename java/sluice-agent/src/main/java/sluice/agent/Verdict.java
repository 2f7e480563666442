package sluice.agent;

import java.io.IOException;
import java.util.Optional;

/** The judgement of a gate record on one JVM. */
final class Verdict {
  /** {@code PASS} and {@code REFUSED} are final, {@code HELD} may change. */
  enum Kind {
    PASS,
    HELD,
    REFUSED
  }

  final Kind kind;
  /** Ends the sentence "this JVM is refused because …", and begins with a noun. */
  final String reason;
  /** Whether the gate is open. A JVM may also pass while it is held. */
  final boolean open;
  /** The path that a standby restores its state from; null for none. */
  final String restore;

  private Verdict(Kind kind, String reason, boolean open, String restore) {
    this.kind = kind;
    this.reason = reason;
    this.open = open;
    this.restore = restore;
  }

  /**
   * Judges an attempt before any record is asked. A second attempt would run main() again with the restore path of the
   * first, which rewinds the job.
   */
  static Optional<Verdict> of(Instance me) {
    return me.attempt() == 1 ? Optional.empty() : Optional.of(refused("this is attempt " + me.attempt()));
  }

  /**
   * Judges a JVM by the entry of its start. A TaskManager also comes up while its start is held, because it runs nothing
   * before its JobManager does. So does the JobManager of a standby, because Entry keeps main() back until the gate is open, and an
   * open gate names the application.
   *
   * @throws IOException when the entry says something that this release does not know
   */
  static Verdict of(Instance me, Optional<GateRecord.Start> entry) throws IOException {
    if (entry.isEmpty()) return refused("the gate record has no entry of " + me.startKey());
    GateRecord.Start start = entry.get();
    if (start.gate.equals("revoked")) return refused(me.startKey() + " is revoked");
    boolean open = start.gate.equals("open");
    if (!open && !start.gate.equals("held")) throw new IOException("the gate of " + me.startKey() + " is " + start.gate);
    if (!me.applicationId().equals(start.applicationId) && (open || start.applicationId != null))
      return refused(me.startKey() + " is " + start.applicationId + ", and this is " + me.applicationId());
    boolean comesUpHeld = !me.isJobManager() || me.isStandby();
    Kind kind = open || comesUpHeld ? Kind.PASS : Kind.HELD;
    return new Verdict(kind, me.startKey() + " is " + start.gate, open, start.restore);
  }

  private static Verdict refused(String reason) {
    return new Verdict(Kind.REFUSED, reason, false, null);
  }
}
