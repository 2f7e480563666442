/** JVMs that run the part of Sluice in them without YARN: their gate is a file. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { constants, mkdtemp, open as openFile, rename, rm, writeFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { java17Options } from '../../../src/launchers/platform-defaults.ts';
import { prepareCache } from '../../../stack/cache/cached-tools.ts';
import type { FlinkVersion } from '../../../stack/cache/pins.ts';
import { FIRST } from './records.ts';

/** Options for JVMs that end at once, the level at which the gate says that it waits, and what Flink needs of Java 17. */
const OPTIONS = [
  '-XX:TieredStopAtLevel=1',
  '-XX:+UseSerialGC',
  '-Dorg.apache.logging.log4j.level=INFO',
  ...java17Options.split(' '),
];

interface GateOptions {
  readonly silence?: string;
  readonly hold?: string;
  readonly lease?: string;
  readonly standby?: string;
  readonly container?: string;
  readonly role?: 'JobManager' | 'TaskManager';
  readonly signs?: string;
  readonly job?: string;
  readonly epoch?: string;
  readonly checkpoints?: string;
  /** A job comes to the TaskManager while it warms. */
  readonly busy?: string;
  /** The arguments of Entry, which only a standby calls. */
  readonly entry?: readonly string[];
  readonly version?: FlinkVersion;
  /** A folder of classes that come before those of Flink. */
  readonly before?: string;
  /** With Flink's logging, which says when a JobManager waits. */
  readonly logs?: boolean;
}

export interface Probes {
  readonly work: string;
  /** The class path of Hadoop's JARs. */
  readonly hadoop: string;
  java(version: FlinkVersion, args: readonly string[], env?: NodeJS.ProcessEnv): ChildProcess;
  /** Starts a JVM whose gate is this file, with limits that a test can wait for: `open` ends behind its gate. */
  started(probe: 'open' | 'lease' | 'signs' | 'standby' | 'warm', file: string, options?: GateOptions): ChildProcess;
  file(name: string, text: string): Promise<string>;
  /** Puts a record into the place of another one, as S3 does: a reader sees the old one or the new one. */
  replace(path: string, text: string): Promise<void>;
  /** Puts a file there whose reader waits for ever, as that of a store which takes a connection and never answers. */
  hang(name: string): Promise<string>;
  /** Compiles a class of Flink that takes the place of the real one for JVMs that get the folder as `before`. */
  instead(name: string, text: string): Promise<string>;
  remove(): Promise<void>;
}

/** Builds the JARs and the probe. */
export async function createProbes(): Promise<Probes> {
  const tools = await prepareCache();
  const work = await mkdtemp(join(tmpdir(), 'sluice-gate-'));
  const classpath = (version: FlinkVersion, libraries = `flink-dist-${version}.jar`): string =>
    [
      work,
      ...['sluice-agent.jar', 'sluice-entry.jar'].map((jar) => join(tools.agent.folder, jar)),
      join(tools.flink[version], 'lib', libraries),
    ].join(delimiter);
  const sources = ['GateProbe.java', 'SignProbe.java', 'StandbyProbe.java'].map((name) =>
    fileURLToPath(new URL(name, import.meta.url)),
  );
  await promisify(execFile)('javac', ['-cp', classpath('1.20.1'), '-d', work, ...sources]);
  const java: Probes['java'] = (version, args, env = {}) =>
    spawn('java', [...OPTIONS, '-cp', env['CLASSPATH'] ?? classpath(version), 'sluice.agent.GateProbe', ...args], {
      env: { PATH: process.env['PATH'], ...env },
    });
  const file: Probes['file'] = async (name, text) => {
    await writeFile(join(work, name), text);
    return join(work, name);
  };
  return {
    work,
    hadoop: join(tools.hadoop.common, '*'),
    java,
    started(
      probe,
      path,
      { container = FIRST, role = 'JobManager', logs = false, version = '1.20.1', entry, before, ...limits } = {},
    ) {
      const settings = { gate: pathToFileURL(path).href, silence: '60000', hold: '60000', ...limits };
      const args = [probe, ...Object.entries(settings).flat(), ...(entry === undefined ? [] : ['--', ...entry])];
      return java(version, args, {
        CONTAINER_ID: container,
        ...(role === 'JobManager' ? { _CLIENT_SHIP_FILES: '' } : {}),
        ...(logs ? { CLASSPATH: classpath(version, '*') } : {}),
        ...(before === undefined ? {} : { CLASSPATH: [before, classpath(version)].join(delimiter) }),
      });
    },
    file,
    async replace(path, text) {
      await rename(await file('next', text), path);
    },
    async hang(name) {
      await promisify(execFile)('mkfifo', [join(work, `${name}.pipe`)]);
      await rename(join(work, `${name}.pipe`), join(work, name));
      return join(work, name);
    },
    async instead(name, text) {
      const folder = join(work, `instead of ${name}`);
      await promisify(execFile)('javac', ['-cp', classpath('1.20.1'), '-d', folder, await file(`${name}.java`, text)]);
      return folder;
    },
    remove: () => rm(work, { recursive: true, force: true }),
  };
}

/** Opens a pipe for writing, which works as soon as somebody reads from it. */
export async function readerOf(pipe: string): Promise<FileHandle> {
  for (;;) {
    const writer = await openFile(pipe, constants.O_WRONLY | constants.O_NONBLOCK).catch(() => null);
    if (writer) return writer;
    await sleep(20);
  }
}

export async function endOf(child: ChildProcess) {
  let [output, errors] = ['', ''];
  child.stdout?.on('data', (data: Buffer) => (output += data.toString()));
  child.stderr?.on('data', (data: Buffer) => (errors += data.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output, errors };
}

/** Waits for output. @throws Error when the JVM ends before, which says how it ended. */
export const lineOf = (child: ChildProcess, pattern: RegExp): Promise<void> =>
  new Promise((resolve, reject) => {
    const hear = (data: Buffer): void => {
      if (!pattern.test(data.toString())) return;
      child.stdout?.off('data', hear);
      child.off('close', end);
      resolve();
    };
    const end = (code: number | null): void => {
      reject(new Error(`it ended with ${String(code)}, without ${String(pattern)}`));
    };
    child.stdout?.on('data', hear);
    child.once('close', end);
  });
