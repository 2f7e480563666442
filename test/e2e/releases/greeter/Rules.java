package com.example.rules;

/** The only class of the further JAR. */
public final class Rules {
  private Rules() {}

  public static String greet(long number) {
    return "hello, " + number;
  }

  /** Finds a class as a library does that knows only its name. */
  public static Class<?> find(String name) throws ClassNotFoundException {
    return Class.forName(name);
  }
}
