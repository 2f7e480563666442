/**
 * Turns in virtual time: a job that fails twice within a minute waits for its second turn, and a job to which nobody answers, or
 * whose question cannot be delivered, goes on without. More jobs can ask at one moment than Temporal lets a task answer. A job that
 * asks as the turns continue as new has its answer.
 *
 * Seen to fail: without the wait, the second restart begins at once; with a wait that silence does not end, a job stays down; with all
 * answers in one task, no task of the turns succeeds any more; without the answers before the next run, a job that waits hears nothing.
 */
import { expect, test } from 'vitest';
import { turnsIdOf, workflowIdOf } from '../../src/domain/identity/workflow-ids.ts';
import { askTurnSignal, FLINK_JOB_WORKFLOW, turnSignal } from '../../src/workflows/messages.ts';
import { openSandbox } from './bundle.ts';
import { JOB, WORKFLOW } from './doors.ts';
import { Player } from './player.ts';
import { setTheStage } from './play.ts';
import { payloadsOf } from './simulation/messages.ts';
import { fault, firstDeploy, pass, plain, type Step } from './scenario.ts';
import type { Stage } from './stage.ts';

const TURNS = turnsIdOf('yarn-a');

/** Plays steps, and tells the seconds from each death of the JobManager to the restart after it. */
async function waitsIn(turns: boolean, steps: readonly Step[], prepare: (stage: Stage) => void = () => undefined) {
  let waits: readonly number[] = [];
  const scenario = { ...plain, watched: true, restarts: true, turns };
  await setTheStage(await openSandbox(), scenario, undefined, async (stage) => {
    prepare(stage);
    await new Player(stage).perform([firstDeploy, pass(20_000), ...steps]);
    const records = stage.truth.audit.map(({ record }) => record);
    const ends = records.filter(({ kind }) => kind === 'settled');
    const restarts = records.filter(({ kind, outcome }) => kind === 'restart' && outcome === 'succeeded');
    waits = restarts.map(({ acceptedAt }, index) =>
      Math.round((Date.parse(acceptedAt) - Date.parse(ends[index]?.endedAt ?? '')) / 1_000),
    );
  });
  return waits;
}

const twice = [fault('jobManagerDies'), pass(25_000), fault('jobManagerDies'), pass(120_000)];

test('the second restart within a minute waits for its turn', async () => {
  const [at, later = 0] = await waitsIn(true, twice);
  expect(at).toBe(0);
  expect(later).toBeGreaterThan(20);
  expect(later).toBeLessThanOrEqual(60);
  // The wait of the policy alone.
  const [, free = 60] = await waitsIn(false, twice);
  expect(free).toBeLessThan(5);
});

test('a job whose questions nobody answers goes on after ten minutes', async () => {
  // No worker has a task of the turns any more: they take signals and answer none.
  const deaf = ({ clock, sluices }: Stage): void => {
    clock.after(1_000, () => {
      for (const temporal of sluices.values()) for (const run of temporal.runs(TURNS)) run.hasTask = true;
    });
  };
  expect(await waitsIn(true, [fault('jobManagerDies'), pass(580_000)], deaf)).toEqual([]);
  expect(await waitsIn(true, [fault('jobManagerDies'), pass(700_000)], deaf)).toEqual([600]);
});

test('a job whose turns are lost while it waits goes on when it asks again', async () => {
  const lost = [...twice.slice(0, 3), pass(5_000), fault('turnsAreLost'), pass(400_000)];
  const [, later = 0] = await waitsIn(true, lost);
  expect(later).toBeGreaterThan(60);
  expect(later).toBeLessThanOrEqual(245);
});

test('a job gets its turn after thousands that asked at one moment and are gone', async () => {
  const answers: unknown[] = [];
  await setTheStage(await openSandbox(), { ...plain, turns: true }, undefined, async ({ clock, sluices }) => {
    const temporal = sluices.get('one')!;
    const ask = (job: string): void =>
      temporal.signal(TURNS, askTurnSignal.name, { job, operationId: 'o', priority: 1, at: new Date().toISOString() });
    for (let number = 0; number < 2_500; number += 1) ask(`gone-${number}`);
    await clock.advance(120_000);
    temporal.startIfAbsent(WORKFLOW, FLINK_JOB_WORKFLOW, { job: JOB });
    ask(JOB);
    await clock.advance(60_000);
    answers.push(...temporal.runs(WORKFLOW).flatMap(({ messages }) => payloadsOf(turnSignal.name, messages)));
    expect(temporal.defects).toEqual([]);
  });
  expect(answers).toEqual([{ operationId: 'o', isGranted: true, before: 0 }]);
});

test('every job that asks has an answer, also where a run of the turns ends with its question', async () => {
  const jobs = Array.from({ length: 30 }, (_none, number) => `waits-${number}`);
  // Each run of the turns ends after some ten questions.
  const scenario = { ...plain, turns: true, suggestAfter: 40 };
  const answers = new Map<string, unknown[]>();
  await setTheStage(await openSandbox(), scenario, undefined, async ({ clock, sluices }) => {
    const temporal = sluices.get('one')!;
    for (const job of jobs) {
      temporal.startIfAbsent(workflowIdOf(job), FLINK_JOB_WORKFLOW, { job });
      const asked = { job, operationId: 'o', priority: 1, at: new Date().toISOString() };
      temporal.signal(TURNS, askTurnSignal.name, asked);
      await clock.advance(1_000);
    }
    for (const job of jobs) {
      const { messages } = temporal.runs(workflowIdOf(job)).at(-1)!;
      answers.set(job, payloadsOf(turnSignal.name, messages));
    }
    expect(temporal.runs(TURNS).length).toBeGreaterThan(3);
    expect(temporal.defects).toEqual([]);
  });
  expect(jobs.filter((job) => answers.get(job)?.length === 0)).toEqual([]);
});
