// Ends the processes of the stack and all their descendants.
import type { ComponentProcesses } from './processes/component-processes.ts';
import { endProcesses, isAlive, processesWithEnvironment, type ProcessIdentity } from './processes/process-identity.ts';
import { readProcessRecord, writeProcessRecord } from './processes/process-record.ts';
import type { StackFiles } from './layout/stack-files.ts';
import { listComponents, readStackRecord, STACK_MARK } from './layout/stack-plan.ts';
import { type Stack } from './stack.ts';

/** Stops the components in reverse order of their start: those in `only`, by default all. */
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
 * Ends every process that carries the mark of this stack, and returns their number. These are Flink's containers, which
 * have their own sessions and survive a killed NodeManager, and components whose supervisor was killed.
 */
export async function endMarkedProcesses(files: StackFiles): Promise<number> {
  const record = readStackRecord(files);
  if (record === undefined) return 0;
  let ended = 0;
  // The search repeats until it finds none, because a process may start another between the search and its own end.
  for (let round = 0; round < 5; round += 1) {
    const marked = processesWithEnvironment(STACK_MARK, record.id);
    if (marked.length === 0) break;
    ended += marked.length;
    await endProcesses(marked, 5_000);
  }
  return ended;
}

/** Ends a supervisor that no longer answers and all its leftover processes. Returns the number of processes. */
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
