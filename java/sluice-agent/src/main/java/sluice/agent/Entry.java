package sluice.agent;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.Objects;
import org.apache.flink.client.program.ProgramInvocationException;

/**
 * Stands as the entry class of every start, and runs the program only in a JVM that has passed its gate: Flink starts
 * without a reporter that {@code metrics.reporters} leaves out or that cannot be loaded. A start with a lease says so in its
 * first argument, because a plugin of an older release passes the gate and keeps no lease.
 *
 * <p>A standby comes up while the instance before it runs. Its main() waits here until the plugin says that the gate is open, and
 * then restores from the path that the gate names.
 *
 * <p>Flink and the program notice nothing else. Errors have the texts of PackagedProgram (Flink 1.20.1 and 2.1.0), which
 * people and Sluice know.
 */
public final class Entry {
  /** Begins the argument that names the lease, in milliseconds. No class has a name with such a character. */
  private static final String LEASE = "lease=";
  /** Begins the argument that makes the start a standby, and names the milliseconds for which it may wait. */
  private static final String STANDBY = "standby=";

  private static final long LOOK_EVERY_MS = 2;

  private Entry() {}

  /** @param arguments the lease and the wait of the start if it has them, the entry class of the program, and its arguments */
  public static void main(String[] arguments) throws ProgramInvocationException {
    int named = 0;
    String lease = valueAt(arguments, named, LEASE);
    if (lease != null) named++;
    String standby = valueAt(arguments, named, STANDBY);
    if (standby != null) named++;
    refuseUnless(lease, standby);
    if (arguments.length == named)
      throw new ProgramInvocationException("The program's entry point class is not named.");
    Method main = mainOf(load(arguments[named]));
    if (standby != null) awaitPromotion();
    run(main, Arrays.copyOfRange(arguments, named + 1, arguments.length));
  }

  private static String valueAt(String[] arguments, int at, String name) {
    return arguments.length > at && arguments[at].startsWith(name) ? arguments[at].substring(name.length()) : null;
  }

  /** Ends a JVM whose plugin does not know what the start was given. The compiler copies the constants of the other JAR. */
  private static void refuseUnless(String lease, String standby) {
    String waits = System.getProperty(GateReporter.STANDBY);
    if (System.getProperty(GateReporter.ARMED) == null && waits == null)
      throw Halt.now(Halt.UNARMED, "this JVM has passed no gate: Flink did not load Sluice's reporter of metrics");
    String kept = System.getProperty(GateReporter.LEASED);
    if (lease != null && !lease.equals(kept))
      throw Halt.now(Halt.UNARMED, "its start has a lease of " + lease + " ms, and this JVM keeps one of " + kept);
    if (!Objects.equals(standby, waits))
      throw Halt.now(
          Halt.UNARMED, "its start is a standby for " + standby + " ms, and this JVM is one for " + waits + " ms");
  }

  /** Waits until the gate is open. The plugin ends the JVM where that takes too long, or never will be. */
  private static void awaitPromotion() {
    RestorePath restorePath = RestorePath.find();
    Warming warming = new Warming(Warming.JOB_MANAGER);
    warming.begin(EmptyProgram::translate);
    System.setProperty(GateReporter.WAITING, "");
    boolean interrupted = false;
    while (System.getProperty(GateReporter.PROMOTED) == null) {
      try {
        Thread.sleep(LOOK_EVERY_MS);
      } catch (InterruptedException untilLater) {
        interrupted = true;
      }
    }
    warming.stop();
    if (interrupted) Thread.currentThread().interrupt();
    String path = System.getProperty(GateReporter.RESTORE);
    if (path != null) restorePath.use(path);
  }

  /** Loads the class as Flink does, with the class loader of the job (PackagedProgram.loadMainClass). */
  private static Class<?> load(String name) throws ProgramInvocationException {
    String the = "The program's entry point class '" + name + "' ";
    try {
      return Class.forName(name, false, Thread.currentThread().getContextClassLoader());
    } catch (ClassNotFoundException missing) {
      throw new ProgramInvocationException(the + "was not found in the jar file.", missing);
    } catch (ExceptionInInitializerError failure) {
      throw new ProgramInvocationException(the + "threw an error during initialization.", failure);
    } catch (LinkageError failure) {
      throw new ProgramInvocationException(the + "could not be loaded due to a linkage failure.", failure);
    }
  }

  /** Finds the method, and refuses what Flink refuses (PackagedProgram.callMainMethod). */
  private static Method mainOf(Class<?> program) throws ProgramInvocationException {
    String the = "The class " + program.getName() + " ";
    if (!Modifier.isPublic(program.getModifiers())) throw new ProgramInvocationException(the + "must be public.");
    Method main;
    try {
      main = program.getMethod("main", String[].class);
    } catch (NoSuchMethodException missing) {
      throw new ProgramInvocationException(the + "has no main(String[]) method.");
    } catch (Throwable failure) {
      throw new ProgramInvocationException(
          "Could not look up the main(String[]) method from the class " + program.getName() + ": " + failure.getMessage(),
          failure);
    }
    if (!Modifier.isStatic(main.getModifiers()))
      throw new ProgramInvocationException(the + "declares a non-static main method.");
    return main;
  }

  private static void run(Method main, String[] arguments) throws ProgramInvocationException {
    try {
      main.invoke(null, (Object) arguments);
    } catch (InvocationTargetException failure) {
      throw Entry.<RuntimeException>asThrown(failure.getTargetException());
    } catch (Throwable failure) {
      throw new ProgramInvocationException(
          "An error occurred while invoking the program's main method: " + failure.getMessage(), failure);
    }
  }

  /**
   * Throws what the program threw, checked or not. Flink's own call of this class then treats it as if it had called the
   * program: errors pass, such as ProgramAbortException, and exceptions become "The main method caused an error: …".
   */
  @SuppressWarnings("unchecked")
  private static <T extends Throwable> RuntimeException asThrown(Throwable thrown) throws T {
    throw (T) thrown;
  }
}
