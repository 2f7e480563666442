/**
 * A signal that no code can walk over by recursion, sent by hand to a real Temporal.
 *
 * Seen to fail: the signal failed every later task of the workflow, so that not even a kill by force was taken.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { workflowIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import { temporal } from '../../support/commands.ts';
import { deepHotfix } from '../../support/hostile-payloads.ts';
import { liveApplicationsOf } from '../../support/outside/applications.ts';
import { startPrivateSluice, type PrivateSluice } from '../../support/processes/private-sluice.ts';
import { publish } from '../../support/releases.ts';
import { newJobName } from '../../support/stack.ts';

const job = newJobName('hostile-signal');
let sluice: PrivateSluice;
let folder: string;

beforeAll(async () => {
  sluice = await startPrivateSluice('hostile-signal');
  folder = await mkdtemp(join(tmpdir(), 'hostile-signal-'));
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
  await sluice.down();
});

test('is rejected, and the job goes on: it is upgraded and killed by force', async () => {
  const driver = sluice.job(job);
  const release = await publish({ job, version: '1.0.0', program: '1.0.0' });
  await driver.succeed('deploy', { id: 'first', release });
  const file = join(folder, 'deep.json');
  for (const levels of [40_000, 200_000]) {
    await writeFile(file, deepHotfix(levels));
    const sent = await temporal(
      'workflow',
      'signal',
      '-w',
      workflowIdOf(job),
      '--name',
      'hotfix',
      '--input-file',
      file,
    );
    expect([sent.code, sent.stderr]).toEqual([0, '']);
  }
  await driver.succeed('savepoint', { id: 'afterwards' });
  const { rejections } = await driver.view();
  expect(rejections.last.filter(({ kind }) => kind === 'hotfix').map(({ code }) => code)).toEqual([
    'Undecodable',
    'Undecodable',
  ]);
  await driver.succeed('kill', { id: 'now', force: true });
  expect(await liveApplicationsOf(job)).toEqual([]);
});
