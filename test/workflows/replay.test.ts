import { readdir, readFile } from 'node:fs/promises';
import { Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import 'tsx/cjs';
import { beforeAll, expect, test } from 'vitest';
import { workflowIdOf } from '../../src/domain/identity.ts';
import { bundleWorkflows, payloadConverterPath } from '../../src/worker.ts';

const folder = new URL('../histories/', import.meta.url);
const recordings = (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
let workflowBundle: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  workflowBundle = await bundleWorkflows();
}, 60_000);

const read = async (name: string) => JSON.parse(await readFile(new URL(name, folder), 'utf8')) as { events: unknown[] };

test('there is a recording of every kind of operation', () => {
  for (const kind of [
    'first-deploy',
    'upgrade',
    'savepoint',
    'rolled-back',
    'savepoint-failed',
    'stop',
    'resume',
    'kill',
    'failed',
  ]) {
    expect(recordings.join(), kind).toContain(`-${kind}.json`);
  }
});

test.each(recordings)('%s replays on the current code', async (name) => {
  const options = { workflowBundle, dataConverter: { payloadConverterPath } };
  // The job counts from the workflow id: under another one the workflow would do nothing.
  await Worker.runReplayHistory(options, await read(name), workflowIdOf('recorded'));
});

test.each([
  ['first-deploy', 60],
  ['upgrade', 75],
])('the history of %s has at most %i events', async (kind, most) => {
  const name = recordings.find((recording) => recording.endsWith(`-${kind}.json`));
  expect((await read(name ?? '')).events.length).toBeLessThanOrEqual(most);
});
