package com.example;

import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** Counts on, twenty times a second. The position in the count is the job's state. */
public final class Clicks {
    private Clicks() {}

    public static void main(String[] args) throws Exception {
        StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
        environment
                .fromSequence(1, Long.MAX_VALUE)
                .uid("clicks")
                .map(Clicks::slowly)
                .uid("slowly")
                .sinkTo(new DiscardingSink<>())
                .uid("nowhere");
        environment.executeAsync("clicks");
    }

    private static Long slowly(Long click) throws InterruptedException {
        Thread.sleep(50);
        return click;
    }
}
