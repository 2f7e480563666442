/**
 * A cluster falls silent at a bad moment, in virtual time: after a job has failed there, before Sluice has restarted it; and while an
 * operation checks a start.
 *
 * Seen to fail: a restart in vain after which the job counts as one whose memory was lost, so that it is left to people; a job that
 * waits for its cluster although its file names another one; checks in vain after which nobody looks at the cluster any more.
 */
import { expect, test } from 'vitest';
import { openSandbox } from './bundle.ts';
import { Player } from './player.ts';
import { setTheStage } from './play.ts';
import { fault, firstDeploy, pass, plain, type Step } from './scenario.ts';

const YARN_A = 1;
const MINUTES = 60_000;
const lost = [firstDeploy, pass(MINUTES), fault('jobManagerDies'), pass(100), fault('yarnAndItsNodesSilent', YARN_A)];

/** The acts of Sluice. */
async function actsIn(leased: boolean, steps: readonly Step[]): Promise<readonly unknown[]> {
  const acts: unknown[] = [];
  const scenario = { ...plain, watched: true, restarts: true, leased };
  await setTheStage(await openSandbox(), scenario, undefined, async (stage) => {
    await new Player(stage).perform(steps);
    for (const { record } of stage.truth.audit) if (record.actor === 'supervisor') acts.push(record);
  });
  return acts;
}

const inVain = { kind: 'restart', outcome: 'failed', deployment: null, error: { code: 'ClusterUnreachable' } };

test('a job that may move starts on the other cluster after a restart in vain', async () => {
  expect(await actsIn(true, [...lost, pass(15 * MINUTES)])).toMatchObject([
    inVain,
    { kind: 'failover', outcome: 'succeeded', reason: 'attempt 2: cluster yarn-a gave a restart no answer' },
  ]);
});

test('a job that may not is restarted where it was, once that answers again', async () => {
  const acts = await actsIn(false, [...lost, pass(15 * MINUTES), { do: 'heal' }, pass(15 * MINUTES)]);
  expect(acts.slice(0, -1)).not.toEqual([]);
  for (const act of acts.slice(0, -1)) expect(act).toMatchObject(inVain);
  expect(acts.at(-1)).toMatchObject({ kind: 'restart', outcome: 'succeeded' });
});

test('a job whose cluster is lost while an operation checks a start moves', async () => {
  const restart: Step = { do: 'ask', sluice: 0, door: 'signal', kind: 'restart', payload: {}, id: 'new' };
  const caught: Step = { do: 'catch', sluice: 0, when: 'before', effect: 'reservation', how: 'pause', ms: 3_000 };
  const steps = [
    firstDeploy,
    pass(MINUTES),
    caught,
    restart,
    pass(1_000),
    fault('clusterCutOff', YARN_A),
    pass(40 * MINUTES),
  ];
  expect(await actsIn(true, steps)).toMatchObject([{ kind: 'failover', outcome: 'succeeded' }]);
});
