/**
 * Publishing a folder: what is refused, what is uploaded, and that the archive keeps its bytes and gives each file one time.
 *
 * Seen to fail: a folder without flink-dist taken; the times of the files kept; a second upload of the same files; another content in
 * the same folder.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readFlinkFolder } from '../../src/distributions/folder.ts';
import { publishFolder } from '../../src/distributions/publish.ts';
import { createFakeS3 } from '../fakes/s3.ts';

let folder: string;
const write = (path: string, text = path): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
};
const whole = ['lib/flink-dist-1.20.1.jar', 'lib/log4j-core.jar', 'conf/log4j.properties'];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-flink-'));
  for (const path of [...whole, 'plugins/s3-fs-hadoop/s3.jar', 'plugins/metrics-jmx/jmx.jar']) write(path);
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const read = (plugins: readonly string[] = []) => readFlinkFolder(folder, { plugins });

test('the files, the wanted plugins and one archive are uploaded once, and another content into another folder', async () => {
  const s3 = createFakeS3();
  const first = await publishFolder(s3, await read());
  expect(first).toMatchObject({ flinkVersion: '1.20.1', files: 5, uploaded: 5 });
  expect([...s3.objects.keys()].map((key) => key.slice(first.folder.length + 1)).sort()).toEqual(
    [...whole, 'plugins/s3-fs-hadoop/s3.jar', 'flink.tgz'].sort(),
  );
  for (const path of whole) utimesSync(join(folder, path), 1, 1);
  expect(await publishFolder(s3, await read())).toEqual({ ...first, uploaded: 0 });
  const more = await publishFolder(s3, await read(['metrics-jmx']));
  expect(more.folder).not.toBe(first.folder);
});

test('the archive unpacks to lib/, whatever the times of the files were with the same time for all', async () => {
  const s3 = createFakeS3();
  const { folder: prefix } = await publishFolder(s3, await read());
  const bytes = await s3.getBytes(`${prefix}/flink.tgz`);
  const unpacked = join(folder, 'unpacked');
  mkdirSync(unpacked);
  writeFileSync(join(folder, 'flink.tgz'), bytes ?? '');
  execFileSync('tar', ['-xzf', join(folder, 'flink.tgz'), '-C', unpacked]);
  const times = ['flink-dist-1.20.1.jar', 'log4j-core.jar'].map(
    (name) => statSync(join(unpacked, 'lib', name)).mtimeMs,
  );
  expect(times).toEqual([Date.UTC(2025, 0, 1), Date.UTC(2025, 0, 1)]);
  utimesSync(join(folder, 'lib/log4j-core.jar'), 1, 1);
  const other = createFakeS3();
  await publishFolder(other, await read());
  expect(await other.getBytes(`${prefix}/flink.tgz`)).toEqual(bytes);
});

test.each([
  ['lib/flink-dist-1.20.1.jar', 'flink-dist-<version>.jar'],
  ['conf/log4j.properties', '--log4j'],
  ['plugins/s3-fs-hadoop/s3.jar', 'plugins/s3-fs-hadoop'],
])('a folder without %s is refused', async (path, why) => {
  rmSync(join(folder, path));
  await expect(read()).rejects.toMatchObject({
    code: 'InvalidRequest',
    message: expect.stringContaining(why) as string,
  });
});

test("the plugin for S3 is taken from opt/, where Flink's download has it", async () => {
  rmSync(join(folder, 'plugins'), { recursive: true });
  write('opt/flink-s3-fs-hadoop-1.20.1.jar');
  expect((await read()).files.map(({ path }) => path)).toContain('plugins/s3-fs-hadoop/flink-s3-fs-hadoop-1.20.1.jar');
});
