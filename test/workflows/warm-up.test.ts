/**
 * A warm-up that fails is recorded with its reason, and another one may begin.
 *
 * Seen to fail: without the second activity, the record says for ever that the warm-up runs.
 */
import { expect, test } from 'vitest';
import { withPublished } from '../../src/domain/distribution/distribution.ts';
import { warmUpIdOf } from '../../src/domain/identity/workflow-ids.ts';
import { changeDistribution, readDistribution } from '../../src/records/distributions/distributions.ts';
import { createWarmUpStarts } from '../../src/temporal/warm-ups.ts';
import { useStage } from './use-stage.ts';

const stage = useStage({ releases: [] });
const VERSION = '1.20.1';

test('a warm-up that cannot begin leaves its reason in the record, and its place to the next one', async () => {
  const taskQueue = `warm-${stage.job}`;
  const { s3 } = stage.world;
  await s3.put('dist/flink/flink.tgz', 'jars');
  const head = await s3.head('dist/flink/flink.tgz');
  const archive = { key: 'dist/flink/flink.tgz', size: head?.size ?? 0, etag: head?.etag ?? '' };
  const published = { flinkVersion: VERSION, folder: 'dist/flink', archive, files: 1, bytes: 4 };
  await changeDistribution(s3, VERSION, (before) =>
    withPublished(before, { ...published, publishedAt: 'then', publishedBy: 'platform' }),
  );
  await stage.story(
    async () => {
      const { client } = stage.environment;
      const start = createWarmUpStarts(client, taskQueue);
      for (const id of ['first', 'second']) {
        const asked = { id, flinkVersion: VERSION, cluster: 'yarn-a', queue: 'default', by: 'platform', since: 'then' };
        expect(await start(asked)).toBe('started');
        // The clusters of the world have no agent, and so no program of warm-ups.
        const why = expect.stringContaining('the configuration names no agent') as string;
        expect(await client.workflow.getHandle(warmUpIdOf(VERSION, 'yarn-a')).result()).toEqual(why);
        const place = (await readDistribution(s3, VERSION))?.clusters['yarn-a'];
        expect(place).toMatchObject({
          archives: null,
          warmUp: { id, error: why, endedAt: expect.any(String) as string },
        });
      }
    },
    { taskQueue },
  );
});
