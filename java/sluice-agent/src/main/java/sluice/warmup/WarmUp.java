package sluice.warmup;

import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.connector.source.lib.NumberSequenceSource;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;

/**
 * The program of a warm-up: a small streaming job with keyed state and checkpoints, which has Flink load the classes that jobs load.
 * Meanwhile each of its JVMs writes its class archive, or counts the classes that it took from one.
 *
 * <p>Its package is not parent-first, so that the class loader of the job loads it. A class archive checks the time of each JAR
 * from which the application's class loader took a class, and YARN does not keep the time of this one.
 */
public final class WarmUp {
  /** The warm-up ends by itself after this time, also when Sluice does not end it. */
  private static final long LONGEST_MILLIS = 240_000;

  private WarmUp() {}

  /** @param arguments {@code dump} or {@code check}, and the folder for what the JVMs write, such as s3://bucket/folder */
  public static void main(String[] arguments) throws Exception {
    String task = arguments[0];
    String folder = arguments[1];
    StreamExecutionEnvironment environment = StreamExecutionEnvironment.getExecutionEnvironment();
    environment
        .fromSource(new NumberSequenceSource(1, Long.MAX_VALUE), WatermarkStrategy.noWatermarks(), "numbers")
        .map(new Paced(task, folder))
        .keyBy(new Key())
        .process(new Count())
        .sinkTo(new DiscardingSink<>());
    JobClient job = environment.executeAsync("warm-up");
    Probe.run(task, "jm", folder);
    Thread.sleep(LONGEST_MILLIS);
    job.cancel().get();
  }

  /** Passes a hundred numbers a second, and begins the task of the TaskManager. */
  private static final class Paced extends RichMapFunction<Long, Long> {
    private final String task;
    private final String folder;

    Paced(String task, String folder) {
      this.task = task;
      this.folder = folder;
    }

    @Override
    public void open(OpenContext context) {
      Thread probe = new Thread(() -> Probe.run(task, "tm", folder), "sluice-warm-up");
      probe.setContextClassLoader(Thread.currentThread().getContextClassLoader());
      probe.setDaemon(true);
      probe.start();
    }

    @Override
    public Long map(Long number) throws InterruptedException {
      Thread.sleep(10);
      return number;
    }
  }

  private static final class Key implements KeySelector<Long, Long> {
    @Override
    public Long getKey(Long number) {
      return number % 16;
    }
  }

  private static final class Count extends KeyedProcessFunction<Long, Long, Long> {
    private transient ValueState<Long> count;

    @Override
    public void open(OpenContext context) {
      count = getRuntimeContext().getState(new ValueStateDescriptor<>("count", Long.class));
    }

    @Override
    public void processElement(Long number, Context context, Collector<Long> out) throws Exception {
      Long before = count.value();
      count.update(before == null ? 1 : before + 1);
      out.collect(count.value());
    }
  }
}
