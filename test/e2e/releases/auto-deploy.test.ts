/**
 * Releases that deploy themselves: nobody asks for anything but their publication. The rules behind it are broken one by
 * one in `test/domain/auto-deploy/auto-deploy.test.ts`.
 */
import { afterAll, expect, test } from 'vitest';
import { autoDeployIdOf } from '../../../src/domain/identity/ids.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { Api } from '../../support/api.ts';
import { endApplicationsOf } from '../../support/outside/applications.ts';
import { watch } from '../../support/outside/observer.ts';
import { publish, type Variant } from '../../support/releases.ts';
import { newJobName, runningStack } from '../../support/stack.ts';

const api = new Api(runningStack());
const job = newJobName('auto');

afterAll(() => endApplicationsOf(job));

/** Publishes, and waits for what comes of it by itself. */
async function published(version: string, program: NonNullable<Variant['program']>): Promise<OperationRecord> {
  const release = await publish({
    job,
    version,
    program,
    fields: { autoDeploy: { enabled: true }, upgrade: { handover: 'auto' } },
  });
  const at = Date.now();
  const operation = await api.ended(job, autoDeployIdOf(release));
  const late = Date.parse(operation.acceptedAt) - at;
  process.stdout.write(`${release} was asked for ${late} ms after its publication\n`);
  expect(operation).toMatchObject({ kind: 'deploy', actor: release, outcome: 'succeeded', request: { release } });
  expect(operation.reason).toContain(`autoDeploy of ${job}.yaml`);
  return operation;
}

test('a published release runs by itself, and the next one takes its place with its state', async () => {
  const outsider = await watch(job);
  const first = await published('1.0.0', '1.0.0');
  const before = await api.deployment(job);
  await outsider.counted(before.applicationId);

  const second = await published('1.1.0', '1.1.0');
  const after = await api.deployment(job);
  await outsider.counted(after.applicationId);

  expect(after).toMatchObject({ release: `${job}/1.1.0`, restorePoint: { path: second.savepoint } });
  const history = await api.list<OperationRecord>(`/jobs/${job}/operations`);
  expect(history.map(({ id, actor }) => ({ id, actor }))).toEqual([
    { id: second.id, actor: `${job}/1.1.0` },
    { id: first.id, actor: `${job}/1.0.0` },
  ]);
  const { problems, records } = await outsider.conclude({ repeats: 'none' });
  expect(problems).toEqual([]);
  expect(records?.instances.map(({ version }) => version)).toEqual(['1.0.0', '1.1.0']);
  expect(records?.instances[1]?.seqs.from).toBe((records?.instances[0]?.seqs.to ?? 0) + 1);
});
