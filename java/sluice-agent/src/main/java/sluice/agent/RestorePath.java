package sluice.agent;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.flink.configuration.Configuration;

/**
 * Puts the restore path into the configuration of each environment that the program makes. Flink asks a factory for them, which it
 * has put into static fields before it calls Entry. The fields are private, so this class looks for them before the standby
 * waits, and ends the JVM where a version of Flink has others: no program runs without its restore path.
 *
 * <p>Seen in StreamExecutionEnvironment and, for the API with processes, ExecutionEnvironmentImpl (1.20.1 and 2.1.0).
 */
final class RestorePath {
  private static final String OPTION = "execution.state-recovery.path";

  private static final String STREAMS = "org.apache.flink.streaming.api.environment.StreamExecutionEnvironment";
  private static final String PROCESSES = "org.apache.flink.datastream.impl.ExecutionEnvironmentImpl";
  private static final String FACTORY = "contextEnvironmentFactory";
  private static final String FACTORY_OF_THREAD = "threadLocalContextEnvironmentFactory";

  private final List<Field> factories = new ArrayList<>();
  private final Field factoryOfThread;

  private RestorePath() throws ReflectiveOperationException {
    factories.add(fieldOf(STREAMS, FACTORY));
    factories.add(fieldOf(PROCESSES, FACTORY));
    factoryOfThread = fieldOf(STREAMS, FACTORY_OF_THREAD);
  }

  /** Finds Flink's fields, and ends the JVM where they are not as known. */
  static RestorePath find() {
    try {
      RestorePath found = new RestorePath();
      for (Field factory : found.factories) wrapped(factory.getType(), factory.get(null), "");
      wrapped(found.factories.get(0).getType(), found.ofThread().get(), "");
      return found;
    } catch (Throwable other) {
      throw unknown(other);
    }
  }

  /** Makes each environment of the program restore from here. */
  void use(String path) {
    try {
      for (Field factory : factories) factory.set(null, wrapped(factory.getType(), factory.get(null), path));
      ofThread().set(wrapped(factories.get(0).getType(), ofThread().get(), path));
    } catch (Throwable other) {
      throw unknown(other);
    }
  }

  @SuppressWarnings("unchecked")
  private ThreadLocal<Object> ofThread() throws IllegalAccessException {
    return (ThreadLocal<Object>) factoryOfThread.get(null);
  }

  private static Field fieldOf(String type, String name) throws ReflectiveOperationException {
    Field field = Class.forName(type).getDeclaredField(name);
    field.setAccessible(true);
    return field;
  }

  private static Object wrapped(Class<?> type, Object factory, String path) throws NoSuchMethodException {
    if (factory == null) throw new IllegalStateException("Flink has set no " + type.getSimpleName());
    // Must be there, because a proxy passes on everything else as it is.
    type.getMethod("createExecutionEnvironment", Configuration.class);
    return Proxy.newProxyInstance(
        type.getClassLoader(),
        new Class<?>[] {type},
        (proxy, method, arguments) -> {
          if (arguments == null || arguments.length != 1 || !(arguments[0] instanceof Configuration))
            return passedOn(factory, method, arguments);
          return checked(passedOn(factory, method, with((Configuration) arguments[0], path)), path);
        });
  }

  private static Configuration with(Configuration configuration, String path) {
    Configuration more = new Configuration();
    more.addAll(configuration);
    more.setString(OPTION, path);
    return more;
  }

  private static Object passedOn(Object factory, Method method, Object... arguments) throws Throwable {
    try {
      return method.invoke(factory, arguments);
    } catch (InvocationTargetException failure) {
      throw failure.getTargetException();
    }
  }

  /** Ends the JVM unless the environment restores from here. */
  private static Object checked(Object environment, String path) {
    try {
      Method getter = environment.getClass().getMethod("getConfiguration");
      getter.setAccessible(true);
      Map<String, String> options = ((Configuration) getter.invoke(environment)).toMap();
      if (path.equals(options.get(OPTION))) return environment;
      throw new IllegalStateException("the program would restore from " + options.get(OPTION));
    } catch (Throwable other) {
      throw unknown(other);
    }
  }

  private static RuntimeException unknown(Throwable other) {
    StringBuilder causes = new StringBuilder();
    for (Throwable one = other; one != null; one = one.getCause()) causes.append(": ").append(one);
    return Halt.now(
        Halt.UNRESTORABLE,
        "this version of Flink takes no restore path from a standby (deploy with upgrade.handover: never)" + causes);
  }
}
