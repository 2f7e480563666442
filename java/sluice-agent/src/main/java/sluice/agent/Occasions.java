package sluice.agent;

import java.time.Duration;
import java.util.Optional;

/**
 * Decides whether something is worth a sign. Each sign costs requests to S3, so checkpoints and a job that restarts again and
 * again give fewer signs than edges.
 */
final class Occasions {
  /** Edges that may follow each other at once; afterwards one more is due after each pause. The end of the job always is. */
  private static final double EDGES_AT_ONCE = 10;
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private final SignSettings settings;
  private double edgesLeft = EDGES_AT_ONCE;
  private long countedAt;
  private Sign given;
  private long givenAt;
  private long checkpointAt;
  private boolean hasCheckpoint;

  /** @param now by {@code System.nanoTime}, as all times here */
  Occasions(SignSettings settings, long now) {
    this.settings = settings;
    this.countedAt = now;
    this.givenAt = now;
  }

  /** Returns the reason for a sign now, or empty. */
  Optional<Sign.Because> of(Vitals.Look look, long now) {
    Optional<Sign.Because> edge = edge(look);
    if (edge.isPresent() && (look.seen == Vitals.Seen.ENDED || hasEdgeLeft(now))) return edge;
    if (isCheckpointDue(look, now)) return Optional.of(Sign.Because.CHECKPOINT);
    return settings.beat().filter(beat -> isOver(givenAt, beat, now)).map(beat -> Sign.Because.BEAT);
  }

  /** Takes note of a sign that S3 holds now. The time is that of its look. */
  void gave(Sign sign, long now) {
    boolean isEdge = sign.because == Sign.Because.STATE || sign.because == Sign.Because.RESTART;
    if (isEdge) edgesLeft = Math.max(0, edgesLeft - 1);
    if (sign.look.checkpoint > 0 && (given == null || sign.look.checkpoint != given.look.checkpoint)) {
      hasCheckpoint = true;
      checkpointAt = now;
    }
    given = sign;
    givenAt = now;
  }

  private Optional<Sign.Because> edge(Vitals.Look look) {
    Vitals.Seen before = given == null ? Vitals.Seen.STARTING : given.look.seen;
    if (look.seen != before) return Optional.of(Sign.Because.STATE);
    boolean hasRestarted = given != null && look.restarts != given.look.restarts;
    return hasRestarted ? Optional.of(Sign.Because.RESTART) : Optional.empty();
  }

  private boolean hasEdgeLeft(long now) {
    edgesLeft = Math.min(EDGES_AT_ONCE, edgesLeft + (double) (now - countedAt) / PAUSE.toNanos());
    countedAt = now;
    return edgesLeft >= 1;
  }

  private boolean isCheckpointDue(Vitals.Look look, long now) {
    if (look.checkpoint == 0 || (given != null && look.checkpoint == given.look.checkpoint)) return false;
    return !hasCheckpoint || isOver(checkpointAt, settings.checkpoints(), now);
  }

  private static boolean isOver(long since, Duration length, long now) {
    return now - since >= length.toNanos();
  }
}
