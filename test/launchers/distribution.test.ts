/** Seen to fail: with the listing remembered, the second start names the time that a file had before. */
import { expect, test } from 'vitest';
import { createDistributions } from '../../src/launchers/distribution.ts';
import { createFakeS3 } from '../fakes/s3.ts';

test('each start sees a distribution as it is: files that were uploaded again, added or removed', async () => {
  const s3 = createFakeS3({ bucket: 'sluice' });
  const put = (path: string, text: string) => s3.put(`flink/1.20.1/${path}`, text);
  for (const path of ['lib/flink-dist-1.20.1.jar', 'lib/log4j-core.jar', 'conf/log4j.properties'])
    await put(path, 'one');
  const distributions = createDistributions(s3, { '1.20.1': 'flink/1.20.1' }, null);
  const sizes = async () =>
    Object.fromEntries((await distributions('1.20.1', null)).libraries.map(({ path, size }) => [path, size]));
  expect(await sizes()).toEqual({ 'lib/log4j-core.jar': 3 });
  await put('lib/log4j-core.jar', 'three');
  await put('lib/extra.jar', 'x');
  expect(await sizes()).toEqual({ 'lib/extra.jar': 1, 'lib/log4j-core.jar': 5 });
});
