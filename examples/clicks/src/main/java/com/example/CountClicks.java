package com.example;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** Counts the clicks of each key and knows what the count must be; the faults asked for happen here. */
final class CountClicks extends KeyedProcessFunction<Long, Long, Click> implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    private final Options options;
    private transient ValueState<Long> counts;
    private transient long openedAt;

    CountClicks(Options options) {
        this.options = options;
    }

    @Override
    public void open(OpenContext context) throws Exception {
        pause(options.slowOpenMs);
        counts = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Types.LONG));
        openedAt = System.nanoTime();
    }

    @Override
    public void processElement(Long seq, Context context, Collector<Click> out) throws Exception {
        if (seq == options.failAtSeq && options.faultsAreOn()) {
            throw new IllegalStateException("clicks fails at record " + seq + " because of --fail-at-seq");
        }
        Long before = counts.value();
        long count = (before == null ? 0 : before) + 1;
        counts.update(count);
        out.collect(new Click(seq, count, stateError(seq, count)));
    }

    private void pause(long milliseconds) throws InterruptedException {
        if (milliseconds > 0 && options.faultsAreOn()) {
            Thread.sleep(milliseconds);
        }
    }

    private static String stateError(long seq, long count) {
        long expected = Click.expectedCount(seq);
        return count == expected
                ? null
                : "the count of key " + Click.keyOf(seq) + " is " + count + ", expected " + expected;
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        pause(options.snapshotDelayMs);
        long openForMs = (System.nanoTime() - openedAt) / 1_000_000;
        if (openForMs >= options.snapshotFailsAfterMs && options.faultsAreOn()) {
            throw new IllegalStateException("clicks fails its snapshot because of --snapshot-fails-after-ms");
        }
    }

    @Override
    public void initializeState(FunctionInitializationContext context) {
        // The keyed state is opened in open(); only the snapshots are of interest here.
    }

    @Override
    public void close() throws Exception {
        pause(options.slowCloseMs);
    }
}
