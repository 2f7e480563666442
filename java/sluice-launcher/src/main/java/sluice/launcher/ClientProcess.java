package sluice.launcher;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import sun.misc.Signal;

/**
 * Runs Flink's own client as a child process that never outlives the runner. The process ends by halting, because Flink's
 * client has a shutdown hook that kills the application it has just submitted, and only Sluice decides whether that
 * application lives on.
 */
public final class ClientProcess {
  private static final String CLIENT = "org.apache.flink.client.cli.CliFrontend";

  private ClientProcess() {}

  /** @param arguments the launch order's file, and the job's JAR */
  public static void main(String[] arguments) throws IOException, ReflectiveOperationException {
    Signal.handle(new Signal("TERM"), signal -> Runtime.getRuntime().halt(143));
    Thread watch = new Thread(ClientProcess::haltWithRunner, "end with the runner");
    watch.setDaemon(true);
    watch.start();
    String[] words = words(LaunchOrder.read(Path.of(arguments[0])), arguments[1]);
    // The class is looked up by name, because the container's JARs decide the version of Flink.
    Class.forName(CLIENT).getMethod("main", String[].class).invoke(null, (Object) words);
  }

  /** Builds the arguments as a list, without a shell, so that each arrives in the program as it was written. */
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
      // a broken input counts as its end
    }
    Runtime.getRuntime().halt(70);
  }
}
