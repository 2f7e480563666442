package com.example;

import org.apache.flink.api.connector.source.Boundedness;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.connector.source.SourceReader;
import org.apache.flink.api.connector.source.SourceReaderContext;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;
import org.apache.flink.core.io.SimpleVersionedSerializer;

/**
 * A source of 0, 1, 2, … with a single split, which holds the next number. It uses the source API
 * that Flink 1.20 and 2.x share.
 */
final class ClickSource implements Source<Long, ClickSplit, ClickSplit> {

    private static final long serialVersionUID = 1L;

    private final double rate;
    private final long exitAfter;

    ClickSource(Options options) {
        this.rate = options.rate;
        this.exitAfter = options.exitAfter;
    }

    @Override
    public Boundedness getBoundedness() {
        return exitAfter == Options.NEVER ? Boundedness.CONTINUOUS_UNBOUNDED : Boundedness.BOUNDED;
    }

    @Override
    public SplitEnumerator<ClickSplit, ClickSplit> createEnumerator(SplitEnumeratorContext<ClickSplit> context) {
        return new ClickEnumerator(context, new ClickSplit(0));
    }

    @Override
    public SplitEnumerator<ClickSplit, ClickSplit> restoreEnumerator(
            SplitEnumeratorContext<ClickSplit> context, ClickSplit unassigned) {
        return new ClickEnumerator(context, unassigned);
    }

    @Override
    public SimpleVersionedSerializer<ClickSplit> getSplitSerializer() {
        return new ClickSplit.Serializer();
    }

    @Override
    public SimpleVersionedSerializer<ClickSplit> getEnumeratorCheckpointSerializer() {
        return new ClickSplit.Serializer();
    }

    @Override
    public SourceReader<Long, ClickSplit> createReader(SourceReaderContext context) {
        return new ClickReader(rate, exitAfter);
    }
}
