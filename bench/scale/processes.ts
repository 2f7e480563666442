/** Runs the processes of the bench, each with its own log, and takes them down again in reverse order. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const LAST_LINES = 15;
const LOOK_EVERY_MS = 200;
const READY_WITHIN_MS = 180_000;
const STOPS_WITHIN_MS = 30_000;

export interface Program {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly directory: string;
  readonly environment: NodeJS.ProcessEnv;
  /** The user whom it runs as; undefined for our own. */
  readonly as?: { readonly uid: number; readonly gid: number } | undefined;
  /** The signal that ends it in good order. */
  readonly endBy?: NodeJS.Signals;
  readonly isReady: (logged: () => string) => Promise<boolean> | boolean;
}

export interface Running {
  readonly name: string;
  readonly pid: number;
  /** Everything that it has written. */
  logged(): string;
  stop(): Promise<void>;
}

/** Starts a program and waits until it is ready. @throws Error with the last lines of its log. */
export async function start(folder: string, program: Program, signal: AbortSignal): Promise<Running> {
  const { name, command, args, directory, environment, as: user, isReady, endBy = 'SIGTERM' } = program;
  const log = join(folder, `${name}.log`);
  const descriptor = openSync(log, 'a');
  const child = spawn(command, args, {
    cwd: directory,
    env: environment,
    stdio: ['ignore', descriptor, descriptor],
    // Ctrl-C reaches only the bench, which ends the others in their order.
    detached: true,
    ...user,
  });
  closeSync(descriptor);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const logged = (): string => readFileSync(log, 'utf8');
  const stop = async (): Promise<void> => {
    if (isOver(child)) return;
    child.kill(endBy);
    const isLate = await Promise.race([ended, sleep(STOPS_WITHIN_MS, 'late', { ref: false })]);
    if (isLate === 'late') child.kill('SIGKILL');
    await ended;
  };
  const until = Date.now() + READY_WITHIN_MS;
  while (!(await isReady(logged))) {
    if (isOver(child) || Date.now() > until || signal.aborted) {
      await stop();
      signal.throwIfAborted();
      throw new Error(`${name} did not come up:\n${logged().trimEnd().split('\n').slice(-LAST_LINES).join('\n')}`);
    }
    await sleep(LOOK_EVERY_MS);
  }
  return { name, pid: child.pid ?? 0, logged, stop };
}

const isOver = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
