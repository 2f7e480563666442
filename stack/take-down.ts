// Ends the processes of the stack, and those that they started, until none of them lives.
import type { ComponentProcesses } from './processes/component-processes.ts';
import { endProcesses, isAlive, processesWithEnvironment, type ProcessIdentity } from './processes/process-identity.ts';
import { readProcessRecord, writeProcessRecord } from './processes/process-record.ts';
import type { StackFiles } from './layout/stack-files.ts';
import { listComponents, readStackRecord, STACK_MARK } from './layout/stack-plan.ts';
import { type Stack } from './stack.ts';

/** Stops the components in reverse order of their start; `only` names those to stop, by default all. */
export async function stopComponents(
  stack: Stack,
  processes: ComponentProcesses,
  only?: ReadonlySet<string>,
): Promise<void> {
  const components = listComponents(stack).filter(({ name }) => only?.has(name) !== false);
  for (const order of [1, 2, 3]) {
    const together = components.filter(({ stopOrder }) => stopOrder === order);
    await Promise.all(together.map((component) => processes.stop(component, 'SIGTERM')));
  }
}

/**
 * Ends every process that carries the mark of this stack: Flink's containers, which live in sessions of their own and
 * survive a killed NodeManager, and components whose supervisor was killed. Returns how many there were.
 */
export async function endMarkedProcesses(files: StackFiles): Promise<number> {
  const record = readStackRecord(files);
  if (record === undefined) return 0;
  let ended = 0;
  // Again until none is left: a process may start another between the search and its end.
  for (let round = 0; round < 5; round += 1) {
    const marked = processesWithEnvironment(STACK_MARK, record.id);
    if (marked.length === 0) break;
    ended += marked.length;
    await endProcesses(marked, 5_000);
  }
  return ended;
}

/** Ends what a supervisor that no longer answers left behind, itself included. Returns how many processes there were. */
export async function endLeftovers(files: StackFiles): Promise<number> {
  const record = readProcessRecord(files);
  const supervisor = record.supervisor;
  const recorded = record.components.flatMap(({ pid, startTime }): ProcessIdentity[] =>
    pid === undefined || startTime === undefined ? [] : [{ pid, startTime }],
  );
  const known = [...(supervisor === undefined ? [] : [supervisor]), ...recorded].filter(isAlive);
  await endProcesses(known, 5_000);
  const marked = await endMarkedProcesses(files);
  const components = record.components.map(({ name, log }) => ({ name, state: 'stopped' as const, log }));
  if (record.components.length > 0) writeProcessRecord(files, { components });
  return known.length + marked;
}
