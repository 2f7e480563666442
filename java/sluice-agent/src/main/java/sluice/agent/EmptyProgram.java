package sluice.agent;

import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.Collector;

/**
 * Translates a small program into a job that never runs. Its translation loads and initializes most of Flink that the translation
 * of a real program needs.
 */
final class EmptyProgram {
  private EmptyProgram() {}

  static void translate() {
    // An environment of its own, so that nothing of the job's configuration is made, such as its listeners.
    StreamExecutionEnvironment environment = new StreamExecutionEnvironment(new Configuration());
    environment
        .fromSequence(1, 2)
        .keyBy(number -> number, Types.LONG)
        .process(new Counts())
        .sinkTo(new DiscardingSink<>());
    environment.getStreamGraph().getJobGraph();
  }

  private static final class Counts extends KeyedProcessFunction<Long, Long, Long> {
    private static final long serialVersionUID = 1L;

    @Override
    public void processElement(Long number, Context context, Collector<Long> to) throws Exception {
      ValueState<Long> seen = getRuntimeContext().getState(new ValueStateDescriptor<>("seen", Types.LONG));
      seen.update(number);
      to.collect(number);
    }
  }
}
