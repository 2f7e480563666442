package sluice.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import sun.misc.Signal;

/**
 * The child: Flink's own client, that never outlives the runner. It ends by halting, because Flink's client has a shutdown
 * hook that kills the application which it has just submitted, and whether that one lives on is Sluice's to decide.
 */
public final class ClientProcess {
  private static final String CLIENT = "org.apache.flink.client.cli.CliFrontend";

  private ClientProcess() {}

  /** @param arguments the file that says what to launch, and the job's JAR */
  public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
    Signal.handle(new Signal("TERM"), signal -> Runtime.getRuntime().halt(143));
    Thread watch = new Thread(ClientProcess::haltWithRunner, "end with the runner");
    watch.setDaemon(true);
    watch.start();
    String[] words = words(LaunchOrder.read(Path.of(arguments[0])), arguments[1]);
    // By name: which Flink it is, is decided by the JARs that the container was given.
    Class.forName(CLIENT).getMethod("main", String[].class).invoke(null, (Object) words);
  }

  /** A list, which no shell sees: every argument arrives in the program as it was written. */
  private static String[] words(LaunchOrder order, String jar) {
    List<String> words = new ArrayList<>(order.action());
    words.addAll(List.of("-c", order.entryClass(), jar));
    words.addAll(order.arguments());
    return words.toArray(String[]::new);
  }

  private static void haltWithRunner() {
    try {
      while (System.in.read() >= 0) continue;
    } catch (IOException closed) {
      // as good as the end
    }
    Runtime.getRuntime().halt(70);
  }
}
