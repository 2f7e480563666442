/** Distributions: the record of a Flink distribution in S3, and of the class archives that were made of it for each cluster. */
import { z } from 'zod';
import { clip } from '../values/clip.ts';

/** An object as it was when it was recorded: another size or etag means other content. */
export const RecordedObject = z.strictObject({ key: z.string(), size: z.number().int(), etag: z.string() });
export type RecordedObject = z.infer<typeof RecordedObject>;

const ClassArchive = RecordedObject.extend({
  /** Classes that a JVM took from it when it was checked. */
  classes: z.number().int().default(0),
});

/** The class archives of one cluster. They fit the JDK and the JARs of its nodes, and one archive of the distribution. */
export const ClassArchives = z.strictObject({
  id: z.string(),
  madeAt: z.string(),
  madeBy: z.string(),
  /** The JVM that wrote them, such as `OpenJDK 64-Bit Server VM 17.0.15+6`. */
  java: z.string(),
  /** The etag of the distribution's archive, whose JARs are the first of the class path. */
  distribution: z.string(),
  jobManager: ClassArchive,
  taskManager: ClassArchive,
  /** The script that puts the class path together in a container, and compares JDK and JARs. */
  script: RecordedObject,
  /** Names of the classes of Flink and Hadoop on that class path, one a line, with slashes. */
  classNames: RecordedObject,
});
export type ClassArchives = z.infer<typeof ClassArchives>;

/** The last warm-up of a cluster. */
export const WarmUp = z.strictObject({
  id: z.string(),
  by: z.string(),
  since: z.string(),
  /** Null while it runs. */
  endedAt: z.string().nullable(),
  /** Why it made no class archives; null for one that runs or made some. */
  error: z.string().nullable(),
});
export type WarmUp = z.infer<typeof WarmUp>;

/** Asks for class archives: of which distribution, on which cluster. */
export interface WarmUpInput {
  readonly id: string;
  readonly flinkVersion: string;
  readonly cluster: string;
  /** The queue of its applications. */
  readonly queue: string;
  readonly by: string;
  readonly since: string;
}

const Warmed = z.strictObject({
  archives: ClassArchives.nullable().default(null),
  warmUp: WarmUp.nullable().default(null),
});

const Retired = z.strictObject({ at: z.string(), by: z.string(), reason: z.string() });

export const DistributionRecord = z.strictObject({
  flinkVersion: z.string(),
  /** The folder in the bucket, without a slash at the end. */
  folder: z.string(),
  /** `flink.tgz`, which holds the JARs of `lib/` with fixed times; null where the folder has none. */
  archive: RecordedObject.nullable(),
  files: z.number().int(),
  bytes: z.number().int(),
  publishedAt: z.string(),
  publishedBy: z.string(),
  /** A retired distribution is taken by no new start. */
  retired: Retired.nullable().default(null),
  /** Earlier retirements, each until it was published again, oldest first. */
  retirements: z.array(Retired).default([]),
  /** By name of the cluster. */
  clusters: z.record(z.string(), Warmed).default({}),
});
export type DistributionRecord = z.infer<typeof DistributionRecord>;

/** Tells of a start whether it uses class archives, and why not. */
export const ClassArchiveUse = z.strictObject({
  used: z.boolean(),
  /** The id of the class archives; null without them. */
  id: z.string().nullable().default(null),
  /** Why none are used; null with them. */
  reason: z.string().nullable().default(null),
});
export type ClassArchiveUse = z.infer<typeof ClassArchiveUse>;

/** The longest reason: the memory of a job holds that of several deployments. */
const MOST_REASON = 84;

export const without = (reason: string): ClassArchiveUse => ({
  used: false,
  id: null,
  reason: clip(reason, MOST_REASON),
});

/** Earlier retirements that a record keeps. */
const KEPT_RETIREMENTS = 10;

/**
 * Replaces what was published; class archives of another content go, because no start could use them. The retirement of what was
 * there before stays among the earlier ones: people see who takes back whose decision.
 */
export function withPublished(
  before: DistributionRecord | null,
  published: Omit<DistributionRecord, 'retired' | 'retirements' | 'clusters'>,
): DistributionRecord {
  const isSame = before?.archive?.etag === published.archive?.etag && before?.folder === published.folder;
  const clusters = before !== null && isSame ? before.clusters : {};
  const retirements = [...(before?.retirements ?? []), ...(before?.retired ? [before.retired] : [])];
  return { ...before, ...published, retired: null, retirements: retirements.slice(-KEPT_RETIREMENTS), clusters };
}

/** Notes how the warm-up of a cluster stands. New class archives replace the old ones; a failure leaves these as they are. */
export function withWarmUp(
  record: DistributionRecord,
  cluster: string,
  { warmUp, archives }: { readonly warmUp: WarmUp; readonly archives?: ClassArchives },
): DistributionRecord {
  const before = record.clusters[cluster];
  return {
    ...record,
    clusters: { ...record.clusters, [cluster]: { archives: archives ?? before?.archives ?? null, warmUp } },
  };
}
