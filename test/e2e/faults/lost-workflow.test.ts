/**
 * Temporal's own commands against a job in mid-upgrade: `temporal workflow terminate`, after which a signal-with-start begins
 * a run that knows nothing, and `temporal workflow reset`, which plays old signals again with the memory rewound. And a
 * second Sluice, with a Temporal namespace of its own, on the same bucket and clusters.
 *
 * Seen to fail: an instance that is still coming up asked for its savepoint at once, both rows of each around the submit.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { messageOf } from '../../../src/domain/errors/message-of.ts';
import { workflowIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { liveApplicationsOf } from '../../support/outside/applications.ts';
import { makeNamespace, temporal } from '../../support/commands.ts';
import { effectCalled, type Effect } from '../../support/outside/effects.ts';
import { holdAt, type Breakpoint } from '../../support/held.ts';
import type { JobDriver } from '../../support/processes/job-driver.ts';
import { watch, type Watch } from '../../support/outside/observer.ts';
import { expectAudited } from '../../support/outside/outside.ts';
import { startPrivateSluice, type PrivateSluice } from '../../support/processes/private-sluice.ts';
import { publish } from '../../support/releases.ts';
import { newJobName } from '../../support/stack.ts';

const job = newJobName('lost-workflow');
const OTHER_NAMESPACE = `other-${job}`;
let sluice: PrivateSluice;
let driver: JobDriver;
let outsider: Watch;
let releases: readonly string[];
let asked = 0;
const operations: OperationRecord[] = [];

beforeAll(async () => {
  releases = await Promise.all([
    publish({ job, version: '1.0.0', program: '1.0.0' }),
    publish({ job, version: '1.1.0', program: '1.1.0' }),
  ]);
  outsider = await watch(job);
  sluice = await startPrivateSluice('lost-workflow');
  driver = sluice.job(job);
  await driver.succeed('deploy', { id: 'first', release: releases[0] });
});

/** Each begins with an instance that counts. */
const beforeEachItCounts = (): void =>
  beforeEach(async () => {
    // A test before may have left the job without one, and waiting for it would hide that for a quarter of an hour.
    const { state, deployment } = await driver.view();
    expect(state).toBe('running');
    await outsider.countedOn(deployment?.applicationId ?? '');
  });

afterAll(() => sluice.down());

const nextUpgrade = (): { readonly id: string; readonly release: string } => {
  asked += 1;
  return { id: `upgrade-${asked}`, release: releases[asked % 2] ?? '' };
};

const command = async (...args: readonly string[]): Promise<void> => {
  const { code, stderr } = await temporal(...args);
  expect(stderr).toBe('');
  expect(code).toBe(0);
};

/** Begins an upgrade and runs the command once its request is there; what was under way goes on behind Temporal's back. */
async function upgradeInterrupted(breakpoint: Breakpoint, args: readonly string[]): Promise<string> {
  const upgrade = nextUpgrade();
  const arrival = holdAt(sluice, breakpoint);
  await driver.signal('deploy', upgrade);
  const held = await arrival();
  await command('workflow', ...args, '-w', workflowIdOf(job), '--reason', 'a test of it');
  held.release();
  return upgrade.id;
}

/** Asks for an upgrade. Null: the job refused it, because its instance has just ended and it does not know how yet. */
async function ended(upgrade: { readonly id: string; readonly release: string }): Promise<OperationRecord | null> {
  await driver.signal('deploy', upgrade);
  return driver.ended(upgrade.id).catch((error: unknown) => {
    if (messageOf(error).includes('is unreachable')) return null;
    throw error;
  });
}

/**
 * With the memory of a run the answer is lost that the stop with savepoint has ended the old instance well. Its savepoint is
 * found, but nothing says any more that it was the last state, so a person has to say so.
 */
async function afterAPersonHasLooked({ error }: OperationRecord): Promise<OperationRecord> {
  expect(error?.detail).toMatch(/the newest state known is s3:\S+\/savepoint-/);
  const accepted = { ...nextUpgrade(), discardNewerState: true };
  await driver.signal('deploy', accepted);
  const operation = await driver.ended(accepted.id);
  operations.push(operation);
  return operation;
}

/** Whatever was interrupted: one instance, and the job can be upgraded with its state by whoever asks next. */
async function goesOn(): Promise<void> {
  let operation: OperationRecord | null = null;
  while (operation === null) operation = await ended(nextUpgrade());
  operations.push(operation);
  if (operation.error?.code === 'DiscardsNewerState') operation = await afterAPersonHasLooked(operation);
  expect(operation).toMatchObject({ outcome: 'succeeded', error: null });
  const { applicationId } = await driver.deployment();
  expect(await liveApplicationsOf(job)).toEqual([applicationId]);
  await outsider.countedOn(applicationId);
}

const VERIFIED: Effect = {
  name: 'the question for checkpoints',
  role: 'jobManager',
  match: { method: 'GET', path: /\/jobs\/[0-9a-f]+\/checkpoints$/ },
};

const breakpoints: readonly Breakpoint[] = [
  { effect: effectCalled('the epoch'), when: 'after' },
  { effect: effectCalled('the result of the savepoint'), when: 'after' },
  { effect: effectCalled('the closing of the old start'), when: 'after' },
  { effect: effectCalled('the submit'), when: 'before' },
  { effect: effectCalled('the submit'), when: 'after' },
  { effect: VERIFIED, when: 'before' },
];

describe('temporal workflow terminate in mid-upgrade, then signal-with-start', () => {
  beforeEachItCounts();

  test.each(breakpoints)(
    '$when $effect.name: the new run finds what there is and goes on from its state',
    async (row) => {
      await upgradeInterrupted(row, ['terminate']);
      await goesOn();
    },
  );
});

describe('temporal workflow reset in mid-upgrade', () => {
  beforeEachItCounts();

  test.each(breakpoints)('$when $effect.name: what is played again does nothing twice', async (row) => {
    await upgradeInterrupted(row, ['reset', '--type', 'FirstWorkflowTask']);
    await driver.until('the end of what was played again', ({ operation, state }) => !operation && state !== 'new');
    await goesOn();
  });
});

test('each upgrade that ended is in the audit log once', () => expectAudited(driver, operations));

describe('a second Sluice with a Temporal of its own, on one bucket', () => {
  let other: PrivateSluice;
  beforeEachItCounts();

  beforeAll(async () => {
    await makeNamespace(OTHER_NAMESPACE);
    other = await startPrivateSluice('lost-workflow-other', { namespace: OTHER_NAMESPACE });
  });

  afterAll(() => other.down());

  test('that is asked while the first is about to submit takes the job over; the first ends LockLost', async () => {
    const upgrade = nextUpgrade();
    const arrival = holdAt(sluice, { effect: effectCalled('the effective configuration'), when: 'before' });
    await driver.signal('deploy', upgrade);
    const held = await arrival();
    const taking = nextUpgrade();
    const theirs = other.job(job);
    await theirs.signal('deploy', { ...taking, id: `theirs-${taking.id}` });
    const ended = theirs.ended(`theirs-${taking.id}`);
    // The second Sluice has fenced the first off once it holds an epoch.
    await theirs.until('its own staging', ({ operation }) => (operation?.phases.length ?? 0) > 2);
    held.release();
    const lost = await driver.ended(upgrade.id);
    expect(lost).toMatchObject({ outcome: 'failed', error: { code: 'LockLost' } });
    expect(await ended).toMatchObject({ outcome: 'succeeded', error: null });
    const { applicationId } = await theirs.deployment();
    expect(await liveApplicationsOf(job)).toEqual([applicationId]);
    await outsider.countedOn(applicationId);
  });
});

test('over all of it one instance ran at every moment, and nothing was lost or repeated', async () => {
  expect((await outsider.conclude({ repeats: 'none' })).problems).toEqual([]);
});
