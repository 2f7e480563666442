/**
 * Two projects publish a deployment file for one job name, and both want it deployed by itself: the job stays with the
 * first, whoever asks by whatever door, until somebody hands it over.
 */
import { afterAll, expect, test } from 'vitest';
import { autoDeployIdOf } from '../../../src/domain/identity/ids.ts';
import { workflowIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { temporal } from '../../support/commands.ts';
import { Api, problemIn } from '../../support/api.ts';
import { endApplicationsOf } from '../../support/outside/applications.ts';
import { watch } from '../../support/outside/observer.ts';
import { publish } from '../../support/releases.ts';
import { newJobName, runningStack } from '../../support/stack.ts';

const api = new Api(runningStack());
const job = newJobName('owned');
const thief = newJobName('thief');
const evil = `${job}-evil`;
const autoDeploy = { enabled: true };

afterAll(() => Promise.all([endApplicationsOf(job), endApplicationsOf(thief)]));

test('a job stays with the project of its first deploy, with its state', async () => {
  const outsider = await watch(job);
  const first = await publish({ job, version: '1.0.0', fields: { autoDeploy } });
  expect(await api.ended(job, autoDeployIdOf(first))).toMatchObject({ outcome: 'succeeded' });
  expect(await api.job(job)).toMatchObject({ project: job, environment: 'test' });

  const fields = { autoDeploy, environment: 'dev', owner: { team: 'evil-team' } };
  const foreign = await publish({ job, project: evil, version: '1.0.0', program: '1.1.0', fields });
  expect(problemIn(await api.ask(job, 'deploy', { release: foreign }))).toMatchObject({
    status: 409,
    code: 'NotOwner',
  });

  const signal = { id: 'foreign-by-signal', actor: 'evil', release: foreign };
  const named = ['--workflow-id', workflowIdOf(job), '--name', 'deploy', '--input', JSON.stringify(signal)];
  expect((await temporal('workflow', 'signal', ...named)).code).toBe(0);
  expect(await api.ended(job, signal.id)).toMatchObject({ outcome: 'rejected', error: { code: 'NotOwner' } });

  const { savepoint } = await api.succeed(job, 'savepoint');
  const stolen = await publish({ job: thief, project: evil, version: '2.0.0' });
  expect(await api.run(thief, 'deploy', { release: stolen, from: savepoint })).toMatchObject({
    outcome: 'rejected',
    error: { code: 'ForeignState' },
  });

  // The watch decided about the foreign release before it saw this one.
  const second = await publish({ job, version: '1.1.0', program: '1.1.0', fields: { autoDeploy } });
  expect(await api.ended(job, autoDeployIdOf(second))).toMatchObject({ outcome: 'succeeded' });
  const history = await api.list<OperationRecord>(`/jobs/${job}/operations`);
  expect(history.map(({ id }) => id)).not.toContain(autoDeployIdOf(foreign));
  expect(await api.ok('/doctor')).toContain(`${foreign} has a deployment file for it`);

  await api.succeed(job, 'transfer', { project: evil, team: 'evil-team', environment: 'dev' });
  expect(await api.deployment(job)).toMatchObject({ release: second, ended: null });
  expect(await api.job(job)).toMatchObject({ project: evil, owner: 'evil-team', environment: 'dev' });
  await api.succeed(job, 'deploy', { release: foreign });
  await outsider.counted((await api.deployment(job)).applicationId);

  const { problems, records } = await outsider.conclude({ repeats: 'none' });
  expect(problems).toEqual([]);
  expect(records?.instances).toHaveLength(3);
});
