/** A worker or API of a test's own: the real program, as a process that can be killed, frozen and started again. */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readSettings } from '../../../stack/settings.ts';
import { readStackRecord, STACK_MARK } from '../../../stack/layout/stack-plan.ts';
import { stackFiles } from '../../../stack/layout/stack-files.ts';
import { until } from '../api.ts';
import { runningStack } from '../stack.ts';

export interface WorkerProcess {
  /** Resolves when it has ended, for the signals that end it. */
  kill(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** Starts it again after it has ended, and resolves once it polls. */
  restart(): Promise<void>;
  isAlive(): boolean;
  /** Everything that it wrote since its first start. */
  log(): string;
  /** Ends it for good; fine if it has ended, or is frozen. */
  stop(): Promise<void>;
}

const READY_WITHIN_MS = 300_000;
const STOP_WITHIN_MS = 10_000;

interface WorkerOptions {
  readonly name: string;
  readonly configuration: string;
  /** The build of a versioned worker. */
  readonly buildId?: string | undefined;
  /** Beside, or instead of, what a worker gets: its own key of S3, or secrets. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Starts `src/worker.ts` with this configuration, and resolves once it polls. */
export const startWorkerProcess = (options: WorkerOptions): Promise<WorkerProcess> =>
  startProcess(options, { script: 'src/worker.ts', ready: 'worker ready' });

/** Starts the API with this configuration, and resolves once it listens. */
export const startApiProcess = (options: WorkerOptions): Promise<WorkerProcess> =>
  startProcess(options, { script: 'src/api/server.ts', ready: 'api ready' });

interface Program {
  readonly script: string;
  /** The line of its log that says that it is ready. */
  readonly ready: string;
}

async function startProcess(options: WorkerOptions, { script, ready }: Program): Promise<WorkerProcess> {
  const settings = readSettings();
  const logFile = stackFiles(settings.stackDirectory).log(options.name);
  mkdirSync(dirname(logFile), { recursive: true });
  const log = (): string => readFileSync(logFile, 'utf8');
  let child: ChildProcess | undefined;

  const isAlive = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null;

  async function start(): Promise<void> {
    const output = openSync(logFile, 'a');
    const begun = log().length;
    child = spawn(process.execPath, ['--import', 'tsx', script], {
      cwd: settings.repository,
      stdio: ['ignore', output, output],
      env: workerEnvironment(options),
    });
    closeSync(output);
    await until(`"${ready}" in ${logFile}`, READY_WITHIN_MS, () => {
      if (!isAlive()) throw new Error(`${script} ended while it started: see ${logFile}`);
      return Promise.resolve(log().slice(begun).includes(ready) ? true : null);
    });
  }

  async function kill(signal: 'SIGKILL' | 'SIGTERM' | 'SIGSTOP' | 'SIGCONT'): Promise<void> {
    if (child === undefined || !isAlive()) throw new Error(`there is no process to send ${signal} to`);
    const ended = new Promise<void>((resolve) => child?.once('exit', () => resolve()));
    child.kill(signal);
    if (signal === 'SIGKILL' || signal === 'SIGTERM') await ended;
  }

  /** A start that is under way, for which every further caller waits. */
  let starting: Promise<void> | null = null;
  const startOnce = (): Promise<void> => {
    starting ??= start().finally(() => (starting = null));
    return starting;
  };

  await startOnce();
  return {
    kill,
    isAlive,
    log,
    restart: startOnce,
    async stop() {
      if (child === undefined || !isAlive()) return;
      const last = child;
      const forced = setTimeout(() => last.kill('SIGKILL'), STOP_WITHIN_MS);
      last.kill('SIGCONT');
      await kill('SIGTERM');
      clearTimeout(forced);
    },
  };
}

function workerEnvironment({ configuration, buildId, environment: own }: WorkerOptions): NodeJS.ProcessEnv {
  const { environment, stackDirectory } = readSettings();
  const { s3 } = runningStack();
  return {
    ...environment,
    SLUICE_CONFIG: configuration,
    ...(buildId === undefined ? {} : { SLUICE_BUILD_ID: buildId }),
    AWS_ACCESS_KEY_ID: s3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
    ...own,
    // By this mark the stack ends the process too when it is taken down, should the test that started it be killed.
    [STACK_MARK]: readStackRecord(stackFiles(stackDirectory))?.id ?? '',
  };
}
