/** Writes the result of the bench, phase by phase, so that an interrupted run keeps what it has measured. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { machineLoad } from '../latency/run-bench.ts';

const GIB = 1024 ** 3;

export type Result = Record<string, unknown>;

/** Opens the result in a file, or a new one. Another number of jobs begins anew. */
export function openResult(file: string | undefined, repository: string, jobs: number) {
  const known = file !== undefined && existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Result) : {};
  const result: Result = {
    ...(known['jobs'] === jobs ? known : {}),
    jobs,
    commit:
      git(repository, 'rev-parse', '--short=12', 'HEAD') +
      (git(repository, 'status', '--porcelain') ? ' and changes' : ''),
    date: new Date().toISOString().slice(0, 10),
    machine: {
      cores: availableParallelism(),
      processor: cpus()[0]?.model ?? '',
      memoryGiB: Math.round(totalmem() / GIB),
      node: process.version,
    },
  };
  return {
    result,
    add: (phase: string, figures: object): void => {
      result[phase] = { ...figures, loadAfter: Number(machineLoad()) };
      if (file !== undefined) writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
    },
  };
}

const git = (directory: string, ...args: string[]): string =>
  execFileSync('git', args, { cwd: directory, encoding: 'utf8' }).trim();
