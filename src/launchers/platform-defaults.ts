/** Flink options that Sluice sets for every job unless platform, cluster or deployment file say otherwise. */

/**
 * Flink on Java 17 dies in `StreamExecutionEnvironment` without these: the default of `env.java.opts.all` in the
 * `conf/config.yaml` of Flink 1.20 and 2.1. Given as `env.java.default-opts.all`, so that a job's own options add to
 * them instead of replacing them.
 */
const exported = [
  'java.base/sun.net.util',
  'java.rmi/sun.rmi.registry',
  'jdk.compiler/com.sun.tools.javac.api',
  'jdk.compiler/com.sun.tools.javac.file',
  'jdk.compiler/com.sun.tools.javac.parser',
  'jdk.compiler/com.sun.tools.javac.tree',
  'jdk.compiler/com.sun.tools.javac.util',
  'java.security.jgss/sun.security.krb5',
];
const opened = [
  'java.base/java.lang',
  'java.base/java.net',
  'java.base/java.io',
  'java.base/java.nio',
  'java.base/sun.nio.ch',
  'java.base/java.lang.reflect',
  'java.base/java.text',
  'java.base/java.time',
  'java.base/java.util',
  'java.base/java.util.concurrent',
  'java.base/java.util.concurrent.atomic',
  'java.base/java.util.concurrent.locks',
];

export const java17Options: string = [
  ...exported.map((name) => `--add-exports=${name}=ALL-UNNAMED`),
  ...opened.map((name) => `--add-opens=${name}=ALL-UNNAMED`),
].join(' ');

export const platformDefaults: Readonly<Record<string, string>> = {
  'env.java.default-opts.all': java17Options,
  // Flink's REST API answers from a snapshot of the job of this age (ms); its default of 3 s delays each "all RUNNING".
  'web.refresh-interval': '250',
  // The JobManager coordinates and has no hot loops: without the optimizing compiler it starts with a fifth less work
  // (docs/performance.md). A deployment file's own env.java.opts.jobmanager comes later in the command, and wins.
  'env.java.default-opts.jobmanager': '-XX:TieredStopAtLevel=1',
};
