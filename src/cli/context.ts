/** What every command works with: the API, the terminal, who asks. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from '@commander-js/extra-typings';
import { actorFromEnvironment, apiAddressFromEnvironment } from '../config.ts';
import { ApiClient } from './api-client.ts';
import type { Output } from './output.ts';
import { type Format } from './output.ts';

export const packageRoot = fileURLToPath(new URL('../../', import.meta.url));

export const packageVersion = (): string =>
  (JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }).version; // our own file

const DEFAULT_API = 'http://127.0.0.1:8080';

interface GlobalOptions {
  readonly api?: string | undefined;
  readonly output?: Format | undefined;
  readonly color?: boolean | undefined;
  readonly actor?: string | undefined;
}

export interface CliContext {
  readonly out: Output;
  /** Aborted by Ctrl-C. */
  readonly interrupted: AbortSignal;
  /** Asks a person on the terminal; null when there is none. */
  readonly ask: ((question: string) => Promise<string>) | null;
  readonly api: () => ApiClient;
  /** Whether what is asked is only planned: the commands of `sluice plan` are those that do it. */
  isPlanning: boolean;
  /** What the command ends with; 0 unless it says otherwise. */
  exitCode: number;
}

/** The part of the context that the operating system gives. */
export type Surroundings = Pick<CliContext, 'out' | 'interrupted' | 'ask'>;

/** The context of one run; global options are read when the command begins. */
export function createContext(surroundings: Surroundings, program: Command): CliContext {
  return {
    ...surroundings,
    exitCode: 0,
    isPlanning: false,
    api() {
      const options = program.opts() as GlobalOptions; // the options that program.ts declares
      const actor = options.actor ?? actorFromEnvironment();
      const named = options.api ?? apiAddressFromEnvironment();
      if (named !== undefined) return new ApiClient(named, actor);
      const local = localStackApi();
      if (local === null)
        return new ApiClient(DEFAULT_API, actor, ` (the default; name another with --api or SLUICE_API)`);
      return new ApiClient(local, actor, ' (the local stack; start it with `sluice stack up`)');
    },
  };
}

export function applyGlobalOptions(out: Output, program: Command): void {
  const { output, color } = program.opts() as GlobalOptions; // the options that program.ts declares
  if (output !== undefined) out.format = output;
  if (color === false) out.withoutColors();
}

/** The configuration of the local stack in this folder, if `npm run stack -- up` has written one. */
export const localStackFile = (name: 'sluice.json' | 'credentials.json'): string | null => {
  const file = join(packageRoot, '.stack', name);
  return existsSync(file) ? file : null;
};

function localStackApi(): string | null {
  const file = localStackFile('sluice.json');
  if (file === null) return null;
  try {
    const { api } = JSON.parse(readFileSync(file, 'utf8')) as { api?: { host?: string; port?: number } };
    return api?.port === undefined ? null : `http://${api.host ?? '127.0.0.1'}:${api.port}`;
  } catch {
    return null;
  }
}
