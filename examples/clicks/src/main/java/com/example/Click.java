package com.example;

/** A click on its way from the counter to the writer. Fields and constructor are public by Flink's POJO rules. */
public class Click {

    static final long KEYS = 16;

    public long seq;
    public long count;

    /** The error in the restored state, or null. */
    public String stateError;

    public Click() {}

    Click(long seq, long count, String stateError) {
        this.seq = seq;
        this.count = count;
        this.stateError = stateError;
    }

    static long keyOf(long seq) {
        return seq % KEYS;
    }

    /** The correct count of this click's key, this click included, if no state was lost. */
    static long expectedCount(long seq) {
        return seq / KEYS + 1;
    }
}
