/** Publishes the distribution of the bench's stack, and warms its cluster, so that starts may use class archives. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DistributionItem, WarmBody } from '../../src/api/distributions/contract.ts';
import { readFlinkFolder } from '../../src/distributions/folder.ts';
import { publishFolder } from '../../src/distributions/publish.ts';
import { prepareCache } from '../../stack/cache/cached-tools.ts';
import type { BenchStack } from './bench-stack.ts';
import { distributionOf } from './client-home.ts';
import { get, post } from './sluice-api.ts';
import { tell } from './terminal.ts';
import { FLINK_VERSION, onlyCluster } from './workload.ts';

const LONGEST_MS = 600_000;

/** @throws Error when the warm-up fails: without class archives the bench would compare a start with itself. */
export async function warm({ settings, status, config, s3 }: BenchStack): Promise<void> {
  const { name: cluster } = onlyCluster(config);
  const { flink } = await prepareCache(settings);
  tell('Publishing the distribution and making class archives …');
  const logging = join(settings.repository, 'stack/flink/log4j.properties');
  const source = await readFlinkFolder(distributionOf(flink), { plugins: [], logging });
  const { folder } = await publishFolder(s3, source);
  await post(status, '/distributions', { folder });
  const begun = (await post(status, `/distributions/${FLINK_VERSION}/warm`, { cluster })) as WarmBody; // the API's own shape
  const endsAt = Date.now() + LONGEST_MS;
  while (Date.now() < endsAt) {
    const { items } = (await get(status, '/distributions')) as { readonly items: readonly DistributionItem[] }; // the API's own shape
    const place = items
      .find(({ flinkVersion }) => flinkVersion === FLINK_VERSION)
      ?.clusters.find(({ name }) => name === cluster);
    if (place?.warmUp?.id === begun.warmUp.id && place.warmUp.endedAt !== null) {
      if (place.warmUp.error !== null) throw new Error(`The warm-up failed: ${place.warmUp.error}`);
      return;
    }
    await sleep(1_000);
  }
  throw new Error('The warm-up does not end');
}
