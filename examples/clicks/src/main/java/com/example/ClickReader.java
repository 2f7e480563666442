package com.example;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.core.io.InputStatus;

/** Emits each click when it is due. Never blocks, so that a savepoint need not wait for a slow rate. */
final class ClickReader implements SourceReader<Long, ClickSplit> {

    /** Limits the burst after a pause (backpressure, a slow checkpoint). */
    private static final long MAX_LAG_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long periodNanos;
    private final long exitAfter;
    private CompletableFuture<Void> available = new CompletableFuture<>();
    private boolean assigned;
    private long next;
    private long dueAt;

    ClickReader(double rate, long exitAfter) {
        this.periodNanos = rate == 0 ? 0 : (long) (TimeUnit.SECONDS.toNanos(1) / rate);
        this.exitAfter = exitAfter;
    }

    @Override
    public void start() {
        dueAt = System.nanoTime();
    }

    @Override
    public void addSplits(List<ClickSplit> splits) {
        for (ClickSplit split : splits) {
            next = split.next;
            assigned = true;
        }
        available.complete(null);
    }

    @Override
    public InputStatus pollNext(ReaderOutput<Long> output) {
        if (!assigned) {
            available = new CompletableFuture<>();
            return InputStatus.NOTHING_AVAILABLE;
        }
        if (next >= exitAfter) {
            return InputStatus.END_OF_INPUT;
        }
        long now = System.nanoTime();
        if (periodNanos > 0 && now < dueAt) {
            available = new CompletableFuture<Void>().completeOnTimeout(null, dueAt - now, TimeUnit.NANOSECONDS);
            return InputStatus.NOTHING_AVAILABLE;
        }
        output.collect(next);
        next++;
        dueAt = Math.max(dueAt + periodNanos, now - MAX_LAG_NANOS);
        return InputStatus.MORE_AVAILABLE;
    }

    @Override
    public CompletableFuture<Void> isAvailable() {
        return available;
    }

    @Override
    public List<ClickSplit> snapshotState(long checkpointId) {
        return assigned ? List.of(new ClickSplit(next)) : List.of();
    }

    @Override
    public void notifyNoMoreSplits() {}

    @Override
    public void close() {}
}
