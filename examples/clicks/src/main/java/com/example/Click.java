package com.example;

/** One click on its way from the counter to the writer. Public fields and constructor: Flink's POJO rules. */
public class Click {

    static final long KEYS = 16;

    public long seq;
    public long count;

    /** What is wrong with the restored state, or null. */
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

    /** How often the key of this click must have been seen, this click included, if no state was lost. */
    static long expectedCount(long seq) {
        return seq / KEYS + 1;
    }
}
