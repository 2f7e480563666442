/** Shows a job in Temporal's Web UI and its search. */
import { patched, setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { whereTheStateIs } from '../../domain/job/account.ts';
import { causes } from '../../domain/errors/causes.ts';
import { hotfixLines, type ActiveHotfix } from '../../domain/hotfix/hotfix.ts';
import { reminderOf } from '../../domain/hotfix/expiry.ts';
import { ownershipIn } from '../../domain/job/belonging.ts';
import type { JobMemory } from '../../domain/job/job-memory.ts';
import { bringsUp, deployingSince, stateOf } from '../../domain/job/state/state.ts';
import { jobStates, phases, type JobState } from '../../domain/lifecycle.ts';
import type { Desk } from './desk.ts';
import { searchAttributes } from '../messages.ts';

function aboutCause(memory: JobMemory): string[] {
  const { cause } = memory;
  if (cause === null) return [];
  const { meaning, whatToDo } = causes[cause.class];
  return [
    `Cause **${cause.class}**: ${meaning} Shown by: \`${cause.evidence.replaceAll('`', "'")}\``,
    `State: ${whereTheStateIs(memory)}`,
    `What to do: ${whatToDo}`,
  ];
}

/** Sets the details of the run, and those search attributes that changed. */
export function show(desk: Desk): void {
  const { memory, taken } = desk;
  const { current } = memory;
  const operation = taken?.operation ?? null;
  const state = stateOf(memory, operation);
  const since = operation && state === 'deploying' ? deployingSince(operation) : memory.stateSince;
  const lines = [
    `**${memory.job}** is **${state}** since ${since}: ${jobStates[state].meaning}`,
    memory.stateReason === null ? null : `Reason: ${memory.stateReason}`,
    ...aboutCause(memory),
    operation
      ? `Operation **${operation.kind}** \`${operation.id}\` of ${operation.actor}, phase **${operation.phase ?? 'accepted'}**: ${operation.phase ? phases[operation.phase].meaning : ''}`
      : jobStates[state].next,
    current
      ? `Deployment ${current.number}: release ${current.release}, Flink ${current.flinkVersion}, cluster ${current.cluster}, application \`${current.applicationId}\`, Flink job \`${current.flinkJobId}\`, epoch ${current.epoch}`
      : null,
    current?.hotfix ? hotfixOf(memory, current.hotfix) : null,
  ];
  setCurrentDetails(lines.filter((line) => line !== null).join('\n\n'));
  publish(desk, state);
}

/** Upserts those search attributes that changed, with the time of the change. */
function publish(desk: Desk, state: JobState): void {
  const { memory, taken } = desk;
  const operation = taken?.operation ?? null;
  // A new deployment's search attributes are published only when the operation is decided, because each upsert adds a
  // history event.
  const decided = operation === null || operation.phase === 'recording' ? memory.current : null;
  const ownership = decided && ownershipIn(memory);
  const { health, changedAt, ...others } = searchAttributes;
  const wanted = {
    FlinkJobName: memory.job,
    FlinkJobState: isUndecided(desk, state) ? shownWhileUndecided(desk, state) : shownAtFirst(desk, state),
    FlinkEnvironment: ownership?.environment,
    FlinkCluster: decided?.cluster,
    FlinkOwner: ownership?.team,
    FlinkRelease: decided?.release,
    FlinkOperation: operation?.kind ?? 'none',
  };
  const shown = workflowInfo().typedSearchAttributes;
  const changed = Object.values(others).flatMap((key) => {
    const value = wanted[key.name as keyof typeof wanted]; // the table's names are exactly these
    return value !== undefined && shown.get(key) !== value ? [{ key, value }] : [];
  });
  const isHealthNews = operation === null && shown.get(health) !== memory.health;
  if (changed.length === 0 && !(isHealthNews && showsHealth(desk))) return;
  upsertSearchAttributes([...changed, { key: health, value: memory.health }, { key: changedAt, value: new Date() }]);
}

/**
 * Tells whether the health alone is worth an upsert. It was not on older workers, whose runs must repeat their commands. Any
 * other upsert has the health beside it, so the patch leaves its marker only where no other attribute changed.
 */
function showsHealth(desk: Desk): boolean {
  desk.showsHealth ??= patched('2026-11-29-health');
  return desk.showsHealth;
}

/** Tells whether an operation replaces or starts the instance, or has lost the lock meanwhile. */
function isUndecided({ memory, taken }: Desk, state: JobState): boolean {
  const { current, ending } = memory;
  const isOwn = current !== null && current.operationId === taken?.operation.id;
  return state === 'deploying' || (state === 'unreachable' && isOwn && !current.ended && ending === null);
}

/**
 * Chooses the state for the search attribute in the first run of a job that has no deployment. It is `deploying` from the
 * first upsert to the end of the run, so that a first deploy adds no event, and as many as on an older worker, which
 * showed `new` for as long.
 */
function shownAtFirst({ memory, taken, isCarriedOn }: Desk, state: JobState): JobState {
  const isFirst = !isCarriedOn && memory.current === null && state === 'new';
  return isFirst && taken !== null && bringsUp(taken.operation) ? 'deploying' : state;
}

/**
 * Chooses the state for the search attribute while an operation is undecided. A run that began on an older worker must
 * repeat that worker's upserts, so it shows the same: the state before, `stopped` once the old instance was taken down,
 * and nothing new while another one comes up.
 */
function shownWhileUndecided(desk: Desk, shown: JobState): JobState | undefined {
  const { state, current } = desk.memory;
  const operation = desk.taken?.operation;
  const isOwn = current !== null && current.operationId === operation?.id;
  // A first deploy replaces nothing, so both workers upsert at the same moments and no patch is needed.
  if (!desk.isCarriedOn && desk.showsDeploying === null && (current === null || isOwn)) {
    if (current?.ended) return state;
    return shown === 'deploying' ? shown : undefined;
  }
  desk.showsDeploying ??= desk.isCarriedOn || patched('2026-11-29-deploying');
  if (desk.showsDeploying) return shown;
  if (isOwn) return current.ended ? state : undefined;
  const isTakenDown = current?.ended != null && operation?.phases.some(({ name }) => name === 'stopping') === true;
  return isTakenDown ? 'stopped' : state;
}

function hotfixOf(memory: JobMemory, hotfix: ActiveHotfix): string {
  const { actor, reason, at, expiresAt } = hotfix;
  const values = hotfixLines(hotfix).map((line) => `- \`${line.replaceAll('`', "'")}\``);
  const why = reason === null ? '' : ` (${reason})`;
  const head = `**Hotfix** of ${actor} since ${at}${why}, until ${expiresAt}:\n\n${values.join('\n')}`;
  const reminder = reminderOf(memory, hotfix);
  return reminder === null ? head : `${head}\n\n${reminder}`;
}
