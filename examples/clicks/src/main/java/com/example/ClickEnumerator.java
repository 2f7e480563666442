package com.example;

import java.util.List;
import org.apache.flink.api.connector.source.SplitEnumerator;
import org.apache.flink.api.connector.source.SplitEnumeratorContext;

/** Gives the one split to the one reader, and takes the split back if the reader is lost before a checkpoint. */
final class ClickEnumerator implements SplitEnumerator<ClickSplit, ClickSplit> {

    private final SplitEnumeratorContext<ClickSplit> context;
    private ClickSplit unassigned;

    ClickEnumerator(SplitEnumeratorContext<ClickSplit> context, ClickSplit unassigned) {
        this.context = context;
        this.unassigned = unassigned;
    }

    @Override
    public void start() {}

    @Override
    public void handleSplitRequest(int subtask, String host) {
        assignTo(subtask);
    }

    @Override
    public void addReader(int subtask) {
        assignTo(subtask);
    }

    @Override
    public void addSplitsBack(List<ClickSplit> splits, int subtask) {
        for (ClickSplit split : splits) {
            unassigned = split;
        }
        if (context.registeredReaders().containsKey(subtask)) {
            assignTo(subtask);
        }
    }

    private void assignTo(int subtask) {
        if (!unassigned.isAssigned()) {
            context.assignSplit(unassigned, subtask);
            unassigned = ClickSplit.ASSIGNED;
        }
    }

    @Override
    public ClickSplit snapshotState(long checkpointId) {
        return unassigned;
    }

    @Override
    public void close() {}
}
