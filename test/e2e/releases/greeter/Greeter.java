package com.example;

import com.example.rules.Rules;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;

/** Runs only where main() and each task find the file and the JAR that their release ships. */
public final class Greeter {
  private Greeter() {}

  /** @param args the text that the file must hold */
  public static void main(String[] args) throws Exception {
    check(args[0]);
    StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment();
    env.fromSequence(0, Long.MAX_VALUE).map(new Greeting(args[0])).uid("greeting").sinkTo(new DiscardingSink<>());
    env.execute("greeter");
  }

  private static void check(String expected) throws IOException, ReflectiveOperationException {
    String found = Files.readString(Path.of("greeting.txt"), StandardCharsets.UTF_8).trim();
    if (!found.equals(expected)) throw new IOException("greeting.txt has " + found + " and not " + expected);
    if (Greeter.class.getResource("/greeting.txt") == null) throw new IOException("greeting.txt is no resource");
    // A class of the further JAR sees the very class of the job's JAR, and not a second one of another loader.
    if (Rules.find(Greeter.class.getName()) != Greeter.class) throw new IOException("there are two classes Greeter");
    if (Rules.class.getClassLoader() != Greeter.class.getClassLoader()) throw new IOException("there are two loaders");
  }

  static final class Greeting extends RichMapFunction<Long, String> {
    private final String expected;

    Greeting(String expected) {
      this.expected = expected;
    }

    @Override
    public void open(OpenContext context) throws Exception {
      check(expected);
    }

    @Override
    public String map(Long number) throws Exception {
      Thread.sleep(50);
      return Rules.greet(number);
    }
  }
}
