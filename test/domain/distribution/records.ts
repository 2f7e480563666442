/** A published distribution with class archives on one cluster. */
import type { ClassArchives, DistributionRecord } from '../../../src/domain/distribution/distribution.ts';

const object = (key: string) => ({ key, size: 3, etag: `"${key}"` });

export const archives: ClassArchives = {
  id: 'first',
  madeAt: '2026-11-30T10:00:00.000Z',
  madeBy: 'platform',
  java: 'OpenJDK 64-Bit Server VM 17.0.15+6',
  distribution: '"dist/flink.tgz"',
  jobManager: { ...object('class-archives/jm.jsa'), classes: 9_000 },
  taskManager: { ...object('class-archives/tm.jsa'), classes: 7_000 },
  script: object('class-archives/sluice-class-path.sh'),
  classNames: object('class-archives/classes.txt'),
};

export const record: DistributionRecord = {
  flinkVersion: '1.20.1',
  folder: 'dist',
  archive: object('dist/flink.tgz'),
  files: 4,
  bytes: 12,
  publishedAt: '2026-11-30T09:00:00.000Z',
  publishedBy: 'platform',
  retired: null,
  retirements: [],
  clusters: { 'yarn-a': { archives, warmUp: null } },
};
