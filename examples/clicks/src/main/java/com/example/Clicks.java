package com.example;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/**
 * Counts clicks that it generates itself, and writes a line for each, so that an observer can see
 * from outside which instance ran when, and whether a click was lost or counted twice.
 *
 * <p>The source and the writer run once, whatever the job's parallelism: the file then holds the
 * numbers 0, 1, 2, … of one source, and a gap or a repetition is a fact rather than an artifact.
 * The counting between them, with its keyed state, has the parallelism of the job.
 */
public final class Clicks {

    /** Every operator has a uid, because a savepoint of 1.0.0 is matched to 1.1.0 by this name. */
    private static final String SOURCE_UID = "clicks-source";
    private static final String WRITER_UID = "clicks-observer";
    private static final String SINK_UID = "clicks-sink";

    private Clicks() {}

    public static void main(String[] args) throws Exception {
        Options options = Options.parse(args, System.getenv());
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
        Identity identity = Identity.of(System.getenv(), env.getConfiguration());
        if (options.echoArgs) {
            echo(args, options, identity);
        }
        if (options.failOnStart) {
            throw new IllegalStateException("clicks fails on start because --fail-on-start is true");
        }
        for (long execution = 0; execution < options.executions; execution++) {
            assemble(env, options, identity);
            env.execute(identity.job);
        }
    }

    /** Connects the operators. The method is separate from main, so that the check can run them in its own process. */
    static void assemble(StreamExecutionEnvironment env, Options options, Identity identity) {
        env.fromSource(new ClickSource(options), WatermarkStrategy.noWatermarks(), "clicks", Types.LONG)
                .uid(SOURCE_UID)
                .setParallelism(1)
                .keyBy(Click::keyOf, Types.LONG)
                .process(new CountClicks(options), Types.POJO(Click.class))
                .uid(options.countUid)
                .name("count")
                .setMaxParallelism(options.maxParallelism)
                .map(new ObserverWriter(options.observer, identity), Types.POJO(Click.class))
                .uid(WRITER_UID)
                .name("observer")
                .setParallelism(1)
                .sinkTo(new DiscardingSink<>())
                .uid(SINK_UID)
                .name("sink")
                .setParallelism(1);
    }

    private static void echo(String[] args, Options options, Identity identity) throws Exception {
        List<String> quoted = new ArrayList<>();
        for (String arg : args) {
            quoted.add(Line.quote(arg));
        }
        String line = identity.line().raw("args", "[" + String.join(",", quoted) + "]").end();
        if (options.observer == null) {
            System.out.print(line);
            return;
        }
        try (ObserverFile file = new ObserverFile(options.observer)) {
            file.append(line);
        }
    }
}
