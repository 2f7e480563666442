// Carries out the stack's commands up and down.
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { UpEvent } from './bring-up.ts';
import { prepareCache } from './cache/cached-tools.ts';
import { lastLines, openLog } from './processes/component-log.ts';
import { askSupervisor, StackDown } from './control.ts';
import { Progress, tell } from './output.ts';
import { isAlive, type ProcessIdentity } from './processes/process-identity.ts';
import { readProcessRecord } from './processes/process-record.ts';
import { environmentOf, type StackSettings } from './settings.ts';
import { stackFiles } from './layout/stack-files.ts';
import { endLeftovers } from './take-down.ts';

/**
 * Starts all components that are down. When a start fails or `signal` aborts it, this call first stops the components
 * that it started, then throws.
 */
export async function stackUp(
  settings: StackSettings,
  options: { readonly clusters?: number; readonly signal?: AbortSignal } = {},
): Promise<void> {
  await prepareCache(settings);
  options.signal?.throwIfAborted();
  if (!(await supervisorAnswers(settings))) await startSupervisor(settings);
  const supervisor = recordedSupervisor(settings);
  const progress = new Progress('starting');
  const outcome: { error?: string | undefined } = { error: 'The supervisor ended before the stack was up.' };
  const onLine = (line: string): void => {
    const event = JSON.parse(line) as UpEvent; // our own supervisor wrote it
    if (event.kind === 'end') outcome.error = event.error;
    else show(progress, event);
  };
  // We send the abort as a request instead of closing the connection, so that we can wait until everything is down.
  const id = randomUUID();
  const abort = (): void => void askSupervisor('/abort', { id }, { settings }).catch(() => undefined);
  options.signal?.addEventListener('abort', abort, { once: true });
  if (options.signal?.aborted === true) abort();
  try {
    await askSupervisor('/up', { id, clusters: options.clusters }, { settings, onLine });
  } finally {
    options.signal?.removeEventListener('abort', abort);
    progress.close();
  }
  if (outcome.error !== undefined) {
    // The supervisor stays if it holds components that ran before.
    if (readProcessRecord(stackFiles(settings.stackDirectory)).components.every(({ pid }) => pid === undefined)) {
      await gone(supervisor);
    }
    throw new Error(outcome.error);
  }
}

/** Stops everything. Returns whether anything ran. */
export async function stackDown(settings: StackSettings): Promise<boolean> {
  const files = stackFiles(settings.stackDirectory);
  const supervisor = recordedSupervisor(settings);
  try {
    await askSupervisor('/down', {}, { settings });
    await gone(supervisor);
    return true;
  } catch (error) {
    if (!(error instanceof StackDown)) throw error;
    return (await endLeftovers(files)) > 0;
  }
}

async function supervisorAnswers(settings: StackSettings): Promise<boolean> {
  try {
    await askSupervisor('/status', {}, { settings });
    return true;
  } catch {
    return false;
  }
}

/** Reads the supervisor from the record. Call it before the supervisor ends, because it then removes its entry. */
function recordedSupervisor(settings: StackSettings): ProcessIdentity | undefined {
  return readProcessRecord(stackFiles(settings.stackDirectory)).supervisor;
}

/** Waits until the process of an idle supervisor has ended, because its socket closes earlier. */
async function gone(supervisor: ProcessIdentity | undefined): Promise<void> {
  for (let tries = 0; supervisor !== undefined && tries < 40 && isAlive(supervisor); tries += 1) await sleep(50);
}

async function startSupervisor(settings: StackSettings): Promise<void> {
  const files = stackFiles(settings.stackDirectory);
  const leftovers = await endLeftovers(files);
  if (leftovers > 0) tell(`Ended ${leftovers} processes that a killed supervisor had left behind.`);
  const log = files.log('supervisor');
  const { descriptor } = openLog(log);
  const child = spawn(process.execPath, ['--import', 'tsx', join(settings.repository, 'stack/supervisor.ts')], {
    cwd: settings.repository,
    stdio: ['ignore', descriptor, descriptor],
    detached: true,
    env: environmentOf(settings),
  });
  closeSync(descriptor);
  child.unref();
  const deadline = Date.now() + 20_000;
  while (!(await supervisorAnswers(settings))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGTERM');
      throw new Error(
        `The stack's supervisor did not start. Its log is ${log} and ends with:\n    ${lastLines(log, 12).join('\n    ')}`,
      );
    }
    await sleep(50);
  }
}

function show(progress: Progress, event: Exclude<UpEvent, { kind: 'end' }>): void {
  switch (event.kind) {
    case 'begin':
      progress.begin(event.name);
      break;
    case 'ready':
      progress.succeed(event.name, event.detail);
      break;
    case 'fail':
      progress.fail(event.name, event.detail);
      break;
  }
}
