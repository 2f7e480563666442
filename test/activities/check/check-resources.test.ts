/** Seen to fail: a job larger than the cluster is now is refused, although its nodes come on demand. */
import { expect, test } from 'vitest';
import type { YarnClient } from '../../../src/clients/yarn/yarn.ts';
import type { Cluster } from '../../../src/activities/dependencies/dependencies.ts';
import { checkResources } from '../../../src/activities/check/check-resources.ts';
import { parseDeploymentFile } from '../../../src/domain/deployment-file/parse.ts';
import { smallFile } from '../../domain/deployment-file/examples.ts';

function check(totalMb: number, elastic: boolean, taskManager = '{memory: 4g}') {
  const text = smallFile.replace('  jar:', '  parallelism: 16\n  jar:');
  const parsed = parseDeploymentFile(`${text}taskManager: ${taskManager}\n`);
  if (!parsed.ok) throw new Error(parsed.errors[0]?.message);
  const yarn = { metrics: () => Promise.resolve({ totalMb, availableMb: totalMb }) } as unknown as YarnClient; // all it asks
  const maximum = () => Promise.resolve({ memoryMb: 8192, vcores: 4 });
  return checkResources({ name: 'yarn-a', yarn, elastic } as unknown as Cluster, parsed.file, maximum);
}

test.each([32_768, 0])('a job larger than a cluster that grows is a warning (%d MiB now)', async (totalMb) => {
  expect(await check(totalMb, true)).toEqual([`cluster yarn-a has ${totalMb} MiB free now, the job needs 67136 MiB`]);
});

test('a job larger than a cluster that does not grow is refused, and so is one without nodes', async () => {
  await expect(check(32_768, false)).rejects.toMatchObject({ code: 'ResourcesTooLarge' });
  await expect(check(0, false)).rejects.toMatchObject({ code: 'ClusterUnreachable' });
});

test('a container larger than YARN gives is refused by a cluster that grows too', async () =>
  expect(check(32_768, true, '{memory: 9g}')).rejects.toMatchObject({ code: 'ResourcesTooLarge' }));
