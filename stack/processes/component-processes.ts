// Starts, watches and stops the processes of the stack. Records each change before it reports the change.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../../src/domain/errors/message-of.ts';
import { lastLines, openLog, readFrom } from './component-log.ts';
import type { Component } from '../components/component.ts';
import { identify, type ProcessIdentity } from './process-identity.ts';
import type { ComponentRecord } from './process-record.ts';
import type { StackFiles } from '../layout/stack-files.ts';

const POLL_MILLISECONDS = 100;

interface Watched {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
}

/** The processes of one stack. They are children of the process that holds this object. */
export class ComponentProcesses {
  readonly #files: StackFiles;
  readonly #changed: (records: readonly ComponentRecord[]) => void;
  readonly #records = new Map<string, ComponentRecord>();
  readonly #watched = new Map<string, Watched>();

  constructor(files: StackFiles, changed: (records: readonly ComponentRecord[]) => void) {
    this.#files = files;
    this.#changed = changed;
  }

  /** Returns the state of every declared component. */
  records(): readonly ComponentRecord[] {
    return [...this.#records.values()];
  }

  /** Returns the components whose process is alive. */
  running(): ReadonlySet<string> {
    return new Set(this.#watched.keys());
  }

  /** Declares the components, in the order of reports. Forgets other components unless they run. */
  declare(names: readonly string[]): void {
    const before = new Map(this.#records);
    this.#records.clear();
    for (const name of [...names, ...this.#watched.keys()]) {
      this.#records.set(name, before.get(name) ?? { name, state: 'stopped', log: this.#files.log(name) });
    }
    this.#changed(this.records());
  }

  /** Starts a component and resolves once it serves. Stops the component and throws when it does not serve in time. */
  async start(component: Component, signal: AbortSignal): Promise<void> {
    if (this.#watched.has(component.name)) throw new Error(`${component.name} runs already.`);
    const log = this.#files.log(component.name);
    const { offset, startedAt } = this.#spawn(component, log);
    const deadline = Date.now() + component.readyWithinMilliseconds;
    const probe = { logged: () => readFrom(log, offset), startedAt, signal };
    try {
      for (;;) {
        signal.throwIfAborted();
        if (!this.#watched.has(component.name)) throw new Error(`${component.name} ended while it started.`);
        if (await component.isReady(probe)) break;
        if (Date.now() > deadline) {
          throw new Error(`${component.name} did not serve within ${component.readyWithinMilliseconds / 1000} s.`);
        }
        await sleep(POLL_MILLISECONDS);
      }
    } catch (error) {
      await this.stop(component, 'SIGTERM');
      if (signal.aborted) throw error;
      const reason = messageOf(error);
      const tail = lastLines(log, 12).join('\n    ');
      this.#record(component.name, { state: 'failed', detail: reason });
      throw new Error(`${reason} Its log is ${log} and ends with:\n    ${tail}`, { cause: error });
    }
    const record = this.#records.get(component.name);
    if (record?.state === 'starting') this.#record(component.name, { ...record, state: 'running' });
  }

  /** Stops a component. Kills it when `signal` does not end it within its grace. */
  async stop(component: Pick<Component, 'name' | 'stopGraceMilliseconds'>, signal: NodeJS.Signals): Promise<void> {
    const watched = this.#watched.get(component.name);
    if (watched === undefined) return;
    const record = this.#records.get(component.name);
    if (record !== undefined) this.#record(component.name, { ...record, state: 'stopping' });
    watched.child.kill(signal);
    const ended = watched.ended.then(() => true);
    if (await Promise.race([ended, sleep(component.stopGraceMilliseconds, false, { ref: false })])) return;
    watched.child.kill('SIGKILL');
    await watched.ended;
  }

  /** Sends a signal. Resolves when the process has ended, if the signal is one that ends processes. */
  async signal(component: Component, signal: NodeJS.Signals): Promise<void> {
    if (signal === 'SIGSTOP' || signal === 'SIGCONT') this.#watched.get(component.name)?.child.kill(signal);
    else await this.stop(component, signal);
  }

  #spawn(component: Component, log: string): { readonly offset: number; readonly startedAt: Date } {
    mkdirSync(this.#files.directory, { recursive: true });
    const launch = component.prepare();
    const { descriptor, offset } = openLog(log);
    const startedAt = new Date();
    // The component gets its own session, so that signals to the supervisor's terminal or group do not reach it.
    const child = spawn(launch.command, launch.args, {
      cwd: launch.directory ?? this.#files.directory,
      env: { ...launch.environment },
      stdio: ['ignore', descriptor, descriptor],
      detached: true,
    });
    closeSync(descriptor);
    const identity: ProcessIdentity | undefined = child.pid === undefined ? undefined : identify(child.pid);
    const ended = new Promise<void>((resolve) => {
      const end = (how: string): void => {
        if (this.#watched.get(component.name)?.child === child) this.#ended(component.name, how);
        resolve();
      };
      child.once('exit', (code, signal) => end(signal === null ? `exit code ${code ?? 'unknown'}` : signal));
      child.once('error', (error) => end(`it cannot be run: ${error.message}`));
    });
    this.#watched.set(component.name, { child, ended });
    this.#record(component.name, { state: 'starting', pid: identity?.pid, startTime: identity?.startTime });
    return { offset, startedAt };
  }

  #ended(name: string, how: string): void {
    this.#watched.delete(name);
    const asked = this.#records.get(name)?.state === 'stopping';
    this.#record(name, { state: asked ? 'stopped' : 'exited', detail: how });
  }

  #record(name: string, change: Omit<ComponentRecord, 'name' | 'log'>): void {
    this.#records.set(name, { ...change, name, log: this.#files.log(name) });
    this.#changed(this.records());
  }
}
