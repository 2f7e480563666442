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

/** Counts the clicks of each key, and compares with the correct count. The requested faults happen here. */
final class CountClicks extends KeyedProcessFunction<Long, Long, Click> implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    private final Options options;
    private transient ValueState<Long> counts;
    /** Holds the counts as text under the same name, so that state of one type cannot restore the other. */
    private transient ValueState<String> texts;
    private transient long openedAt;
    private transient byte[] held;

    CountClicks(Options options) {
        this.options = options;
    }

    @Override
    public void open(OpenContext context) throws Exception {
        pause(options.slowOpenMs);
        if (options.needClass != null && options.faultsAreOn()) {
            Class.forName(options.needClass, true, CountClicks.class.getClassLoader());
        }
        if (options.countIsText) {
            texts = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Types.STRING));
        } else {
            counts = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Types.LONG));
        }
        openedAt = System.nanoTime();
    }

    @Override
    public void processElement(Long seq, Context context, Collector<Click> out) throws Exception {
        if (seq == options.failAtSeq && options.faultsAreOn()) {
            throw new IllegalStateException("clicks fails at record " + seq + " because of --fail-at-seq");
        }
        if (options.exhaust != null && options.faultsAreOn()) {
            options.exhaust.exhaust();
        }
        if (held == null && options.holdMib > 0 && options.faultsAreOn()) {
            held = new byte[options.holdMib << 20]; // one piece, so that no other thread runs out of memory first
        }
        long count = before() + 1;
        update(count);
        out.collect(new Click(seq, count, stateError(seq, count)));
    }

    private long before() throws Exception {
        if (options.countIsText) {
            String text = texts.value();
            return text == null ? 0 : Long.parseLong(text);
        }
        Long number = counts.value();
        return number == null ? 0 : number;
    }

    private void update(long count) throws Exception {
        if (options.countIsText) {
            texts.update(Long.toString(count));
        } else {
            counts.update(count);
        }
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
        // open() opens the keyed state. This class needs only the snapshots here.
    }

    @Override
    public void close() throws Exception {
        pause(options.slowCloseMs);
    }
}
