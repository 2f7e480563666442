/**
 * The script that puts the class path of a container together where class archives are made or used. A JVM accepts an archive only if
 * its class path begins with the same JARs in the same order, with their sizes and times, as that of the JVM which wrote it (JDK 17).
 * The nodes decide about Hadoop's JARs, so the order is made there: Flink's JARs, Hadoop's by name, those of the job, folders last.
 */

/** The name of the script in the working directory of a container. */
export const CLASS_PATH_SCRIPT = 'sluice-class-path.sh';
/** The folder that YARN unpacks the archive of the distribution into. */
export const FLINK_FOLDER = 'flink';

/** `jm` is the JobManager, `tm` a TaskManager; their class paths differ where the node adds Hadoop's JARs. */
export type JvmPart = 'jm' | 'tm';

/** The name of a class archive in the working directory. */
export const classArchiveOf = (part: JvmPart): string => `${part}.jsa`;

/**
 * The options of a JVM, for the launch command: the shell that runs YARN's script puts in what the script prints, before the shell of
 * the command reads it. Without the script the JVM starts with the class path of its environment, and without a class archive.
 */
export const jvmOptionsOf = (part: JvmPart): string => `$(sh ${CLASS_PATH_SCRIPT} ${part})`;

export type ScriptMode =
  /** The JVM notes what it needs to write an archive of its own. */
  | { readonly kind: 'record' }
  /** The JVM uses its archive if JDK and JARs are those with which it was made. */
  | { readonly kind: 'use'; readonly fingerprints: Readonly<Record<JvmPart, string>> };

/** Shell of POSIX, with `stat` of Linux or of BSD. It starts few processes, because each start waits for it. */
export const classPathScript = (mode: ScriptMode): string => `#!/bin/sh
# Prints the class path of a Flink container as JVM options, and the class archive where JDK and JARs are those that it was made with.
export LC_ALL=C
flink='' hadoop='' own='' rest=''
IFS=:
set -f
for entry in $CLASSPATH; do
  set +f
  case $entry in
    ${FLINK_FOLDER}/lib/\\*) for jar in ${FLINK_FOLDER}/lib/*.jar; do test -f "$jar" && flink="$flink$jar:"; done ;;
    /*/\\*) for jar in "\${entry%\\*}"*.jar; do test -f "$jar" && hadoop="$hadoop$jar:"; done ;;
    /*.jar) test -f "$entry" && hadoop="$hadoop$entry:" ;;
    *.jar) own="$own$entry:" ;;
    ?*) rest="$rest$entry:" ;;
  esac
done
set -f
fingerprint() {
  {
    cat "$JAVA_HOME/release"
    stat -L -c '%n %s %Y' $flink$hadoop || stat -L -f '%N %z %m' $flink$hadoop
  } 2>/dev/null | cksum | {
    IFS=' ' read -r sum bytes
    echo "$sum-$bytes"
  }
}
path=$flink$hadoop$own$rest
case $1 in
  fingerprint) fingerprint ;;
  jm | tm) printf '%s' "-cp \${path%:}"${optionsIn(mode)} ;;
esac
exit 0
`;

/** Quotes a text as one word of the shell, in which nothing has a meaning. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

function optionsIn(mode: ScriptMode): string {
  if (mode.kind === 'record') return `\n    printf ' %s' -XX:+RecordDynamicDumpInfo`;
  const { jm, tm } = mode.fingerprints;
  return `
    expected=${quoted(tm)}
    test "$1" = jm && expected=${quoted(jm)}
    if test -f "$1.jsa" && test "$(fingerprint)" = "$expected"; then
      printf ' %s' "-XX:SharedArchiveFile=$1.jsa" -Xshare:auto
    fi`;
}
