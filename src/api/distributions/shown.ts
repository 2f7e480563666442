/** Shows distributions as the API answers them. */
import type { S3Client } from '../../clients/s3/s3.ts';
import type { ClassArchives, DistributionRecord } from '../../domain/distribution/distribution.ts';
import type { DistributionItem } from './contract.ts';

type Bucket = Pick<S3Client, 'head'>;

/** Published distributions, and those that only the configuration names, by version. */
export async function itemsOf(
  s3: Bucket,
  records: readonly DistributionRecord[],
  configured: Readonly<Record<string, string>>,
): Promise<DistributionItem[]> {
  const published = await Promise.all(records.map((record) => itemOf(s3, record)));
  const others = Object.entries(configured)
    .filter(([version]) => !records.some(({ flinkVersion }) => flinkVersion === version))
    .map(([flinkVersion, folder]): DistributionItem => ({
      ...{ flinkVersion, source: 'configuration', folder, files: null, bytes: null, archive: null },
      ...{ publishedAt: null, publishedBy: null, retired: null, retirements: [], clusters: [] },
    }));
  return [...published, ...others].sort((a, b) => (a.flinkVersion < b.flinkVersion ? 1 : -1));
}

export async function itemOf(s3: Bucket, record: DistributionRecord): Promise<DistributionItem> {
  const { flinkVersion, folder, archive, files, bytes, publishedAt, publishedBy, retired, retirements } = record;
  const head = archive === null ? null : await s3.head(archive.key);
  const unchanged = head !== null && head.size === archive?.size && head.etag === archive.etag;
  return {
    ...{ flinkVersion, source: 'published', folder, files, bytes, publishedAt, publishedBy, retired, retirements },
    archive: archive === null ? null : { bytes: archive.size, unchanged },
    clusters: Object.entries(record.clusters).map(([name, { archives, warmUp }]) => ({
      ...{ name, warmUp },
      archives: archives === null ? null : archivesOf(archives),
    })),
  };
}

const archivesOf = ({ id, madeAt, madeBy, java, jobManager, taskManager }: ClassArchives) => ({
  ...{ id, madeAt, madeBy, java, bytes: jobManager.size + taskManager.size },
  classes: { jobManager: jobManager.classes, taskManager: taskManager.classes },
});
