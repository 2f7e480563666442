/** Runs the commands that people and CI type, as child processes. */
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { prepareCache } from '../../stack/cache/cached-tools.ts';
import { readSettings } from '../../stack/settings.ts';
import { stackFiles } from '../../stack/layout/stack-files.ts';
import { run, type Ended } from './run.ts';
import { runningStack } from './stack.ts';

export type { Ended };

const repository = fileURLToPath(new URL('../../', import.meta.url));

/** `sluice …` from the checkout, with the settings of somebody who uses the stack's Sluice and may write to its bucket. */
export function sluice(...args: readonly string[]): Promise<Ended> {
  return run(process.execPath, ['bin/sluice.mjs', ...args], sluiceEnvironment());
}

/** The same, for whoever watches it or kills it. */
export function sluiceProcess(...args: readonly string[]): ChildProcessByStdio<null, Readable, null> {
  const env = { ...process.env, ...sluiceEnvironment() };
  return spawn(process.execPath, ['bin/sluice.mjs', ...args], {
    cwd: repository,
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** The environment of whoever calls `sluice`, be it through another tool. */
export function sluiceEnvironment(): Record<string, string> {
  const { api, token, s3 } = runningStack();
  return {
    SLUICE_API: api,
    SLUICE_TOKEN: token,
    SLUICE_ACTOR: 'e2e',
    SLUICE_CONFIG: stackFiles(readSettings().stackDirectory).configuration,
    AWS_ACCESS_KEY_ID: s3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
  };
}

/** `temporal …` against the stack's Temporal, by the environment variable that its users set. */
export async function temporal(...args: readonly string[]): Promise<Ended> {
  const { temporalCli } = await prepareCache();
  return run(temporalCli, args, { TEMPORAL_ADDRESS: runningStack().temporal.address });
}

/** Makes a namespace in the stack's Temporal. A Sluice in a namespace of its own has watches and turns of its own. */
export async function makeNamespace(namespace: string): Promise<void> {
  const { code, stderr } = await temporal('operator', 'namespace', 'create', '--retention', '72h', '-n', namespace);
  if (code !== 0) throw new Error(`namespace ${namespace} was not made: ${stderr}`);
}
