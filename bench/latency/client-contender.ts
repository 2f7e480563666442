/**
 * Starts the job with Flink's own client: `run-application -t yarn-application`, timed from the start of its process.
 */
import { spawn } from 'node:child_process';
import { openSync, closeSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { YarnClient } from '../../src/clients/yarn/yarn.ts';
import { java17Options } from '../../src/launchers/platform-defaults.ts';
import type { ClientHome } from './client-home.ts';
import { endApplications } from './cluster-state.ts';
import type { Contender, ContenderName } from './contender.ts';
import type { Workload } from './workload.ts';

const EXITS_WITHIN_MS = 120_000;
const TOLD_LINES = 15;

/** Inputs of the client. */
export interface ClientInput {
  readonly name: ContenderName;
  readonly description: string;
  readonly home: ClientHome;
  readonly workload: Workload;
  readonly yarn: YarnClient;
  /** Hadoop's configuration folder and JARs, as `hadoop classpath` would print them. */
  readonly hadoopClasspath: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Additional options of the client, e.g. `-Dyarn.provided.lib.dirs=…`. */
  readonly options?: readonly string[];
}

/** Makes Flink's client a contender, without the processes that `bin/flink` starts around it (bash, two small JVMs). */
export function clientContender(input: ClientInput): Contender {
  return {
    name: input.name,
    description: input.description,
    start(run) {
      const filter = { tags: [`bench-${run}`] };
      const log = openSync(input.home.log, 'w');
      const requestedAt = Date.now();
      const child = spawn('java', commandLine(input, run), {
        env: environmentOf(input),
        stdio: ['ignore', log, log],
      });
      closeSync(log);
      const exited = new Promise<number>((resolve) => {
        child.once('error', () => resolve(-1));
        child.once('exit', (code) => resolve(code ?? -1));
      });
      const failed = exited.then((code) => {
        if (code === 0) return new Promise<never>(() => undefined);
        throw new Error(`Flink's client ended with ${code}:\n${lastLines(input.home.log)}`);
      });
      failed.catch(() => undefined);
      return {
        requestedAt,
        filter,
        failed,
        async end() {
          const timer = setTimeout(() => child.kill('SIGKILL'), EXITS_WITHIN_MS);
          await exited;
          clearTimeout(timer);
          await endApplications(input.yarn, filter);
        },
      };
    },
  };
}

function commandLine({ home, workload, hadoopClasspath, options = [] }: ClientInput, run: string): string[] {
  const { entryClass, args } = workload.fileOf(run).job;
  return [
    ...java17Options.split(' '),
    `-Dlog.file=${join(home.configuration, 'client-log4j.log')}`,
    `-Dlog4j.configurationFile=file:${join(home.configuration, 'log4j.properties')}`,
    ...['-cp', `${home.lib}/*:${hadoopClasspath}`],
    'org.apache.flink.client.cli.CliFrontend',
    ...['run-application', '-t', 'yarn-application'],
    `-Dyarn.application.name=${run}`,
    `-Dyarn.tags=bench-${run}`,
    ...options,
    ...['-c', entryClass, workload.jar.path, ...args],
  ];
}

function environmentOf({ home, environment, hadoopClasspath }: ClientInput): Record<string, string> {
  return {
    ...environment,
    FLINK_CONF_DIR: home.configuration,
    FLINK_LIB_DIR: home.lib,
    FLINK_PLUGINS_DIR: home.plugins,
    HADOOP_CONF_DIR: hadoopClasspath.split(':', 1)[0] ?? '',
    HADOOP_USER_NAME: 'bench',
  };
}

const lastLines = (file: string): string =>
  readFileSync(file, 'utf8').trimEnd().split('\n').slice(-TOLD_LINES).join('\n');
