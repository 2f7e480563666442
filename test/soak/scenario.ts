/** A scenario: an operation that the job's state allows, with troubles; then YARN's word is compared with the job's. */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../src/domain/errors/message-of.ts';
import type { JobView } from '../../src/domain/job/job-memory.ts';
import type { OperationKind } from '../../src/domain/lifecycle.ts';
import { withoutAnswer } from '../../src/domain/errors/errors.ts';
import type { OperationRecord } from '../../src/domain/operation/operation.ts';
import { liveApplicationsOf } from '../support/outside/applications.ts';
import type { JobDriver } from '../support/processes/job-driver.ts';
import type { PrivateSluice } from '../support/processes/private-sluice.ts';
import type { Random } from './random.ts';
import { chooseTroubles, type Trouble } from './troubles.ts';

export interface Soaked {
  readonly sluice: PrivateSluice;
  readonly driver: JobDriver;
  readonly releases: readonly string[];
}

export interface ScenarioResult {
  readonly kind: OperationKind;
  readonly troubles: readonly string[];
  readonly operation: OperationRecord | null;
  readonly state: string;
  /** Everything that is wrong; empty if all is as it must be. */
  readonly problems: readonly string[];
}

/** Longer than all deadlines of one operation together. */
const LONGEST_MS = 420_000;

const PATIENCE_MS = 60_000;

/** Operations that are asked of a running job, mostly those that change most. */
const asked: readonly OperationKind[] = [
  'deploy',
  'deploy',
  'deploy',
  'restart',
  'rollback',
  'savepoint',
  'stop',
  'kill',
];

/** An operation, and the troubles that it meets. */
export interface Choice {
  readonly kind: OperationKind;
  readonly troubles: readonly Trouble[];
}

/** Chooses any operation, with a trouble or two. */
export const anything = (random: Random): Choice => ({ kind: random.pick(asked), troubles: chooseTroubles(random) });

export async function runScenario(
  number: number,
  random: Random,
  soaked: Soaked,
  { kind, troubles }: Choice,
): Promise<ScenarioResult> {
  const { sluice, driver, releases } = soaked;
  const release = random.pick(releases);
  await bringBack(driver, number);
  const { applicationId } = await driver.deployment();
  const id = `s${number}-${kind}`;
  let end: () => void = () => undefined;
  const over = new Promise<void>((resolve) => (end = resolve));
  const under = troubles.map((trouble) => trouble.run({ sluice, job: driver.job, application: applicationId, over }));
  const result = { kind, troubles: troubles.map(({ name }) => name) };
  try {
    await driver.signal(kind, { id, ...(kind === 'deploy' ? { release } : {}) });
    const operation = await driver.ended(id, LONGEST_MS);
    end();
    const failures = await Promise.allSettled(under);
    sluice.healthy();
    const broken = failures.flatMap((failure) => (failure.status === 'rejected' ? [String(failure.reason)] : []));
    const { state } = await saying(driver);
    return { ...result, operation, state, problems: [...broken, ...(await disagreements(driver, operation))] };
  } catch (error) {
    end();
    await Promise.allSettled(under);
    sluice.healthy();
    return {
      ...result,
      operation: null,
      state: '?',
      problems: [messageOf(error)],
    };
  }
}

/** Waits for the job's view of itself: right after a crash the job takes a moment to answer. */
const saying = (driver: JobDriver): Promise<JobView> => driver.until('an answer', () => true);

/** A running instance to begin with, however the scenario before has left the job. */
export async function bringBack(driver: JobDriver, number: number): Promise<void> {
  const id = (kind: string): string => `s${number}-${kind}-first`;
  if ((await saying(driver)).state === 'unreachable') await driver.run('kill', { id: id('kill') });
  if ((await saying(driver)).state !== 'running') await driver.succeed('resume', { id: id('resume') });
}

/** Where the job says something else than YARN, or a person is left without knowing from where to go on. */
async function disagreements(driver: JobDriver, operation: OperationRecord): Promise<string[]> {
  const problems: string[] = [];
  let disagreement: string | null = null;
  // An end by itself is told a moment later, and a ResourceManager that has just begun is silent for a while.
  for (const until = Date.now() + PATIENCE_MS; Date.now() < until;) {
    const live = await liveApplicationsOf(driver.job).catch(withoutAnswer);
    const { state, deployment } = await saying(driver);
    const expected = state === 'running' ? [deployment?.applicationId ?? 'an application'] : [];
    if (live !== null && live.length > 1) problems.push(`${live.join(' and ')} live at once`);
    if (live !== null && live.length > 0 && state !== 'running' && state !== 'unreachable')
      problems.push(`the job is ${state}, and ${live.join(' and ')} lives`);
    // An unreachable job is compared with nothing, because its application may run.
    if (state === 'unreachable' || live?.join() === expected.join()) {
      disagreement = null;
      break;
    }
    disagreement = `the job is ${state}, in YARN lives ${live?.join(' and ') ?? '?'}`;
    await sleep(1_000);
  }
  if (disagreement !== null) problems.push(disagreement);
  const { state } = await saying(driver);
  if (operation.outcome !== 'succeeded' && operation.error === null) problems.push('it failed without saying why');
  const { savepoint, error } = operation;
  if (state === 'failed' && savepoint !== null && error?.detail.includes(savepoint) !== true)
    problems.push(`the savepoint ${savepoint} is not named`);
  return problems;
}
