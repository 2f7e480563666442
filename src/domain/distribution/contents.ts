/** The contents of a distribution's folder, as publishers write it and starts read it. */

/** The archive of the JARs of `lib/`. */
export const FLINK_ARCHIVE_FILE = 'flink.tgz';
export const LOGGING_PATH = 'conf/log4j.properties';

const FLINK_DIST = /^lib\/flink-dist-(\d+\.\d+\.\d+)\.jar$/;
/** The versions of Flink that these paths hold; a distribution has one. */
export const flinkVersionsOf = (paths: readonly string[]): readonly string[] =>
  paths.flatMap((path) => FLINK_DIST.exec(path)?.[1] ?? []);
