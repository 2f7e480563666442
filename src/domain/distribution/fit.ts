/** Decides whether a start can use class archives. A JVM that refuses its archive starts slower than one without any. */
import type { LauncherName } from '../identity/launcher-name.ts';
import type { ClassArchives, DistributionRecord } from './distribution.ts';

/** Everything but the classes of the program that decides whether class archives fit a start. */
interface Candidate {
  readonly record: DistributionRecord | null;
  readonly flinkVersion: string;
  readonly cluster: string;
  readonly launcher: LauncherName;
  /** Megabytes of the processes. */
  readonly memory: { readonly jobManager: number; readonly taskManager: number };
  /** The effective configuration. */
  readonly options: Readonly<Record<string, string>>;
}

/** Java compresses object pointers in smaller heaps only, and class archives hold compressed ones (JDK 17). */
const LARGEST_MEMORY_MB = 32 * 1024;

/** JVM options with which Java refuses a class archive, or that name one themselves (JDK 17, tried). */
const REFUSING: readonly RegExp[] = [
  /^-XX:\+UseZGC$/,
  /^-XX:-UseCompressed(Oops|ClassPointers)$/,
  /^-XX:ObjectAlignmentInBytes=/,
  /^-XX:(SharedArchiveFile|ArchiveClassesAtExit|SharedClassListFile)\b/,
  /^-XX:[-+](UseSharedSpaces|RecordDynamicDumpInfo|DynamicDumpSharedSpaces|AutoCreateSharedArchive)$/,
  /^-Xshare\b/,
  /^-Xbootclasspath/,
  /^(-cp|-classpath|--class-path)\b/,
  /^--(limit-modules|upgrade-module-path|patch-module|module-path)\b/,
];

/** With the parent first, a class comes from the class path, whose order class archives change. */
const RESOLVE_ORDER = 'classloader.resolve-order';

export type Fit = { readonly archives: ClassArchives } | { readonly reason: string };

export function archivesThatFit({ record, flinkVersion, cluster, launcher, memory, options }: Candidate): Fit {
  if (launcher !== 'direct') return { reason: `with ${launcher} Flink's client puts the class path together` };
  if (record === null || record.retired !== null)
    return {
      reason: `no distribution of Flink ${flinkVersion} is published`,
    };
  const archives = record.clusters[cluster]?.archives ?? null;
  if (archives === null || record.archive?.etag !== archives.distribution)
    return { reason: `no class archives of Flink ${flinkVersion} were made on ${cluster}` };
  const isTooLarge = Object.entries(memory).find(([, megabytes]) => megabytes >= LARGEST_MEMORY_MB);
  if (isTooLarge) return { reason: `${isTooLarge[0]}.memory is 32g or more, for which Java refuses class archives` };
  if (options[RESOLVE_ORDER] === 'parent-first')
    return { reason: `with ${RESOLVE_ORDER} parent-first the order of the class path decides` };
  const refusing = refusingOption(options);
  if (refusing !== null) return { reason: `Java refuses class archives with ${refusing}` };
  return { archives };
}

function refusingOption(options: Readonly<Record<string, string>>): string | null {
  for (const [key, value] of Object.entries(options)) {
    if (!/^env\.java\.(default-)?opts(\.|$)/.test(key)) continue;
    const word = value.split(/[\s'"]+/).find((candidate) => REFUSING.some((pattern) => pattern.test(candidate)));
    if (word !== undefined) return word;
  }
  return null;
}

/** Says that a class of the program would come from another JAR, because the class path of class archives ends with the program. */
export const shadowed = (jar: string, className: string): string =>
  `class ${className.replaceAll('/', '.')} of ${jar} is also one of Flink's or Hadoop's`;
