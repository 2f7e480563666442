/**
 * The Flink distributions in S3. Each start lists its distribution anew, because YARN compares the times of files exactly and
 * somebody may have uploaded a file again.
 */
import type { S3Client } from '../clients/s3/s3.ts';
import { SluiceError } from '../domain/errors/errors.ts';
import type { AgentJars } from './agent.ts';

export interface DistributionFile {
  /** Path relative to the distribution, e.g. `lib/flink-dist-1.20.1.jar`. */
  readonly path: string;
  readonly key: string;
  readonly size: number;
  /** Milliseconds, in whole seconds as S3A reports them: YARN compares exactly. */
  readonly timestamp: number;
}

export interface Distribution {
  readonly flinkDist: DistributionFile;
  /** JARs below `lib/` other than flink-dist. */
  readonly libraries: readonly DistributionFile[];
  readonly plugins: readonly DistributionFile[];
  readonly logging: DistributionFile;
  /** The agent's JARs; null where the installation has none, so that its starts have no gate. */
  readonly agent: { readonly plugin: Located; readonly entry: Located } | null;
}

export type Located = Pick<DistributionFile, 'key' | 'size' | 'timestamp'>;

/** The JARs of a distribution as one archive, and the class archives that JVMs with these JARs use. */
export interface ArchivedFlink {
  readonly flink: Located;
  /** The script that puts the class path together. */
  readonly script: Located;
  /** Null in a warm-up that makes them. */
  readonly classes: { readonly jm: Located | null; readonly tm: Located | null };
}

/** A file of the bucket as YARN wants to know it. @throws SluiceError `JarMissing`. */
export async function located(s3: S3Client, key: string): Promise<Located> {
  const head = await s3.head(key);
  if (!head) throw new SluiceError('JarMissing', `${key} is not in bucket ${s3.bucket}`);
  return { key, size: head.size, timestamp: wholeSeconds(head.lastModified) };
}

/** @param folder of a published distribution; null for the one of the configuration. */
export type Distributions = (flinkVersion: string, folder: string | null) => Promise<Distribution>;

/** S3A's modification time is the Last-Modified header, which has whole seconds. */
const wholeSeconds = (ms: number): number => Math.floor(ms / 1000) * 1000;

/** @param prefixes folder in the bucket of each Flink version. */
export const createDistributions =
  (s3: S3Client, prefixes: Readonly<Record<string, string>>, agent: AgentJars | null): Distributions =>
  async (flinkVersion, folder) => {
    const [distribution, jars] = await Promise.all([
      read(s3, flinkVersion, folder ?? prefixes[flinkVersion]),
      agent && Promise.all([located(s3, agent.plugin), located(s3, agent.entry)]),
    ]);
    return { ...distribution, agent: jars && { plugin: jars[0], entry: jars[1] } };
  };

async function read(
  s3: S3Client,
  flinkVersion: string,
  prefix: string | undefined,
): Promise<Omit<Distribution, 'agent'>> {
  if (prefix === undefined) throw new SluiceError('UnknownFlinkVersion', `Flink ${flinkVersion} is not provided`);
  const root = `${prefix.replace(/\/+$/, '')}/`;
  const files: DistributionFile[] = [];
  for await (const entry of s3.list(root)) {
    if (entry.kind !== 'object') continue;
    files.push({
      path: entry.key.slice(root.length),
      key: entry.key,
      size: entry.size,
      timestamp: wholeSeconds(entry.lastModified),
    });
  }
  const libraries = files.filter(({ path }) => /^lib\/[^/]+\.jar$/.test(path));
  const flinkDist = libraries.find(({ path }) => path.startsWith('lib/flink-dist'));
  const logging = files.find(({ path }) => path === 'conf/log4j.properties');
  if (!flinkDist || !logging) {
    throw new SluiceError(
      'UnknownFlinkVersion',
      `the distribution of Flink ${flinkVersion} below ${root} lacks flink-dist or conf/log4j.properties`,
    );
  }
  return {
    flinkDist,
    libraries: libraries.filter((file) => file !== flinkDist),
    plugins: files.filter(({ path }) => path.startsWith('plugins/')),
    logging,
  };
}
