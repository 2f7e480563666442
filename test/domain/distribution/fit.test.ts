/**
 * Which starts may use class archives, and what becomes of these when a distribution is published again.
 *
 * Seen to fail: each row of the table with its line of `fit.ts` removed; class archives kept for another flink.tgz; a failed warm-up
 * that takes the earlier class archives away.
 */
import { describe, expect, it, test } from 'vitest';
import { withPublished, withWarmUp } from '../../../src/domain/distribution/distribution.ts';
import { archivesThatFit } from '../../../src/domain/distribution/fit.ts';
import { archives, record } from './records.ts';

const candidate = {
  record,
  flinkVersion: '1.20.1',
  cluster: 'yarn-a',
  launcher: 'direct',
  memory: { jobManager: 1600, taskManager: 4096 },
  options: { 'env.java.opts.all': '-XX:+UseSerialGC --add-opens=java.base/java.lang=ALL-UNNAMED' },
} as const;
const options = (value: string) => ({ options: { 'env.java.opts.taskmanager': value } });

describe('class archives', () => {
  it('fit a start by Sluice on the cluster where they were made', () => {
    expect(archivesThatFit(candidate)).toEqual({ archives });
  });

  test.each([
    ['another launcher', { launcher: 'shell-runner' } as const, 'with shell-runner'],
    ['a distribution that nobody published', { record: null }, 'is published'],
    ['a retired distribution', { record: { ...record, retired: { at: '', by: '', reason: '' } } }, 'is published'],
    ['another cluster', { cluster: 'yarn-b' }, 'no class archives of Flink 1.20.1 were made on yarn-b'],
    [
      'a flink.tgz that was replaced',
      { record: { ...record, archive: { key: 'dist/flink.tgz', size: 3, etag: '"new"' } } },
      'no class archives',
    ],
    ['a distribution without flink.tgz', { record: { ...record, archive: null } }, 'no class archives'],
    ['a big TaskManager', { memory: { jobManager: 1600, taskManager: 32 * 1024 } }, 'taskManager.memory'],
    ['a big JobManager', { memory: { jobManager: 40 * 1024, taskManager: 1024 } }, 'jobManager.memory'],
    ['the order of the class path', { options: { 'classloader.resolve-order': 'parent-first' } }, 'parent-first'],
    ['ZGC', options('-Xlog:gc -XX:+UseZGC'), '-XX:+UseZGC'],
    ['uncompressed pointers', options("'-XX:-UseCompressedOops'"), '-XX:-UseCompressedOops'],
    ['an archive of its own', options('-XX:SharedArchiveFile=mine.jsa'), '-XX:SharedArchiveFile'],
    ['archives switched off', options('-Xshare:off'), '-Xshare:off'],
    ['a recording of its own', options('-XX:ArchiveClassesAtExit=a.jsa'), '-XX:ArchiveClassesAtExit'],
    ['limited modules', options('--limit-modules=java.base'), '--limit-modules'],
    ['a class path of its own', options('-cp /opt/x.jar'), '-cp'],
  ])('do not fit %s', (_what, other, reason) => {
    expect(archivesThatFit({ ...candidate, ...other })).toEqual({ reason: expect.stringContaining(reason) as string });
  });
});

describe('the record of a distribution', () => {
  const { clusters: _clusters, retired: _retired, retirements: _retirements, ...published } = record;

  it('keeps the class archives while the same content is published again, and brings a retired one back', () => {
    const retired = { ...record, retired: { at: 'now', by: 'platform', reason: 'old' } };
    expect(withPublished(retired, { ...published, publishedBy: 'ci' })).toEqual({
      ...record,
      publishedBy: 'ci',
      retirements: [retired.retired],
    });
  });

  it('drops them with another content, because their JARs are others', () => {
    const other = { ...published, archive: { key: 'dist/flink.tgz', size: 4, etag: '"new"' } };
    expect(withPublished(record, other).clusters).toEqual({});
  });

  it('keeps earlier class archives after a warm-up that failed', () => {
    const warmUp = { id: 'second', by: 'platform', since: 'then', endedAt: 'now', error: 'no room' };
    expect(withWarmUp(record, 'yarn-a', { warmUp }).clusters['yarn-a']).toEqual({ archives, warmUp });
    expect(withWarmUp(record, 'yarn-b', { warmUp }).clusters['yarn-b']).toEqual({ archives: null, warmUp });
  });
});
