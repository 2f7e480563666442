package com.example;

import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The arguments of the job. Refuses unknown, repeated and malformed arguments, and names a correct one. */
final class Options implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final String KNOWN =
            "--observer, --rate, --exit-after, --echo-args, --note, --fail-on-start, --fail-at-seq, "
                    + "--snapshot-fails-after-ms, --snapshot-delay-ms, --slow-open-ms, --slow-close-ms, --hold-mib, "
                    + "--need-class, --exhaust, --count-type, --count-uid, --max-parallelism, --executions, --faults-while";
    static final long NEVER = Long.MAX_VALUE;
    /** The biggest array that a JVM has. */
    private static final int MOST_MIB = 2047;

    String observer;
    String faultsWhile;
    double rate = 20;
    long exitAfter = NEVER;
    boolean echoArgs;
    boolean failOnStart;
    long failAtSeq = NEVER;
    long snapshotFailsAfterMs = NEVER;
    long snapshotDelayMs;
    long slowOpenMs;
    long slowCloseMs;
    String needClass;
    Exhaust.What exhaust;
    boolean countIsText;
    String countUid = "clicks-count";
    int maxParallelism = 128;
    long executions = 1;
    int holdMib;

    static Options parse(String[] args, Map<String, String> environment) {
        Options options = new Options();
        Set<String> seen = new HashSet<>();
        for (int at = 0; at < args.length; at += 2) {
            String name = args[at];
            if (at + 1 == args.length) {
                throw new IllegalArgumentException(
                        name.startsWith("--")
                                ? "argument " + name + " has no value; every argument is a pair: --name value"
                                : "unexpected argument \"" + name + "\"; every argument is a pair: --name value");
            }
            if (!name.equals("--note") && !seen.add(name)) {
                throw new IllegalArgumentException("argument " + name + " is given twice; give it once");
            }
            options.set(name, args[at + 1], environment);
        }
        return options;
    }

    /** Tells whether the operators' faults are on: always, or while a file exists that a test makes and removes. */
    boolean faultsAreOn() {
        return faultsWhile == null || Files.exists(Path.of(faultsWhile));
    }

    private void set(String name, String value, Map<String, String> environment) {
        switch (name) {
            case "--observer":
                observer = resolve(name, value, environment);
                return;
            case "--faults-while":
                faultsWhile = resolve(name, value, environment);
                return;
            case "--rate":
                rate = rate(name, value);
                return;
            case "--exit-after":
                exitAfter = wholeNumber(name, value);
                return;
            case "--echo-args":
                echoArgs = trueOrFalse(name, value);
                return;
            case "--note":
                return;
            case "--fail-on-start":
                failOnStart = trueOrFalse(name, value);
                return;
            case "--fail-at-seq":
                failAtSeq = wholeNumber(name, value);
                return;
            case "--snapshot-fails-after-ms":
                snapshotFailsAfterMs = wholeNumber(name, value);
                return;
            case "--snapshot-delay-ms":
                snapshotDelayMs = wholeNumber(name, value);
                return;
            case "--slow-open-ms":
                slowOpenMs = wholeNumber(name, value);
                return;
            case "--slow-close-ms":
                slowCloseMs = wholeNumber(name, value);
                return;
            case "--need-class":
                needClass = value;
                return;
            case "--exhaust":
                exhaust = Exhaust.What.of(name, value);
                return;
            case "--count-type":
                countIsText = oneOf(name, value, "number", "text") == 1;
                return;
            case "--count-uid":
                countUid = value;
                return;
            case "--max-parallelism":
                maxParallelism = (int) Math.max(1, Math.min(32768, wholeNumber(name, value)));
                return;
            case "--executions":
                executions = wholeNumber(name, value);
                return;
            case "--hold-mib":
                holdMib = (int) Math.min(wholeNumber(name, value), MOST_MIB);
                return;
            default:
                throw new IllegalArgumentException("unknown argument \"" + name + "\"; known are " + KNOWN);
        }
    }

    private static String resolve(String name, String value, Map<String, String> environment) {
        if (value.isEmpty()) {
            throw new IllegalArgumentException(name + " must be a file or env:NAME, got nothing");
        }
        if (!value.startsWith("env:")) {
            return value;
        }
        String variable = value.substring("env:".length());
        String path = environment.get(variable);
        if (path == null || path.isEmpty()) {
            throw new IllegalArgumentException(
                    name + " is " + value + ", but the JobManager's environment has no " + variable
                            + "; set it for the containers or give a file");
        }
        return path;
    }

    private static double rate(String name, String value) {
        try {
            double number = Double.parseDouble(value);
            if (number >= 0 && number <= 1_000_000) {
                return number;
            }
        } catch (NumberFormatException ignored) {
            // The code falls through to the one message for every invalid rate.
        }
        throw new IllegalArgumentException(
                name + " must be a number of records per second up to 1000000 (0: as fast as possible), got \""
                        + value + "\"");
    }

    private static long wholeNumber(String name, String value) {
        try {
            long number = Long.parseLong(value);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException ignored) {
            // The code falls through to the one message for every invalid whole number.
        }
        throw new IllegalArgumentException(name + " must be a whole number from 0 up, got \"" + value + "\"");
    }

    private static boolean trueOrFalse(String name, String value) {
        if (value.equals("true") || value.equals("false")) {
            return value.equals("true");
        }
        throw new IllegalArgumentException(name + " must be true or false, got \"" + value + "\"");
    }

    /** Returns the index of the value among the allowed words. */
    static int oneOf(String name, String value, String... words) {
        for (int at = 0; at < words.length; at++) {
            if (words[at].equals(value)) {
                return at;
            }
        }
        throw new IllegalArgumentException(
                name + " must be one of " + String.join(", ", words) + ", got \"" + value + "\"");
    }
}
