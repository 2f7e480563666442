package sluice.agent;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/**
 * Loads classes of Flink in a JVM that waits for its promotion, which it would otherwise load while nothing of the job runs. Loads
 * and verifies them, and initializes none. One thread does so, and no failure has an effect.
 *
 * <p>The lists are made by bench/upgrade/class-lists.ts from JVMs that ran a job.
 */
final class Warming {
  static final String JOB_MANAGER = "warm-jobmanager.txt";
  static final String TASK_MANAGER = "warm-taskmanager.txt";

  private final String list;
  private volatile boolean underWay;

  /** @param list the resource that names the classes, one in each line */
  Warming(String list) {
    this.list = list;
  }

  void begin() {
    begin(() -> {});
  }

  /** @param before what else to do, in the same thread */
  void begin(Runnable before) {
    underWay = true;
    try {
      Thread thread =
          new Thread(
              () -> {
                quietly(before);
                quietly(this::load);
                underWay = false;
              },
              "sluice-warming");
      thread.setDaemon(true);
      thread.setPriority(Thread.MIN_PRIORITY);
      thread.start();
    } catch (Throwable noThread) {
      underWay = false; // the classes are loaded when they are needed
    }
  }

  boolean isUnderWay() {
    return underWay;
  }

  /** Ends the thread after the class under way: the job needs the CPU now. */
  void stop() {
    underWay = false;
  }

  private void load() {
    try (InputStream from = Warming.class.getResourceAsStream(list);
        BufferedReader names = new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
      for (String name = names.readLine(); name != null && underWay; name = names.readLine()) {
        String next = name;
        quietly(() -> load(next));
      }
    } catch (IOException unreadable) {
      throw new IllegalStateException(unreadable);
    }
  }

  private static void load(String name) {
    try {
      // The JVM verifies a class before it tells its constructors, and does not initialize it.
      Class.forName(name, false, ClassLoader.getSystemClassLoader()).getDeclaredConstructors();
    } catch (ClassNotFoundException ofAnotherVersion) {
      // The list is for all versions of Flink.
    }
  }

  private static void quietly(Runnable work) {
    try {
      work.run();
    } catch (Throwable failure) {
      // The job does without.
    }
  }
}
