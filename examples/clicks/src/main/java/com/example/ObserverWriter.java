package com.example;

import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;

/**
 * Writes a line for each click and passes the click on. The line is written before the savepoint's
 * barrier passes, so the file holds exactly the clicks that a savepoint counts.
 */
final class ObserverWriter extends RichMapFunction<Click, Click> {

    private static final long serialVersionUID = 1L;

    private final String path;
    private final Identity identity;
    private transient ObserverFile file;
    private transient Line beginning;

    ObserverWriter(String path, Identity identity) {
        this.path = path;
        this.identity = identity;
    }

    @Override
    public void open(OpenContext context) throws Exception {
        beginning = identity.line().number("attempt", (long) getRuntimeContext().getTaskInfo().getAttemptNumber());
        if (path != null) {
            file = new ObserverFile(path);
        }
    }

    @Override
    public Click map(Click click) throws Exception {
        if (file != null) {
            Line line = beginning.copy().number("seq", click.seq).number("count", click.count);
            if (click.stateError != null) {
                line.text("stateError", click.stateError);
            }
            file.append(line.end());
        }
        return click;
    }

    @Override
    public void close() throws Exception {
        if (file != null) {
            file.close();
        }
    }
}
