/** The context of every command: the API, the terminal, and who asks. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from '@commander-js/extra-typings';
import { actorFromEnvironment, apiAddressFromEnvironment, tokenFromEnvironment } from '../config.ts';
import { ApiClient } from './api-client.ts';
import { UsageError } from './failures.ts';
import type { Output } from './output.ts';
import { type Format } from './output.ts';

export const packageRoot = fileURLToPath(new URL('../../', import.meta.url));

export const packageVersion = (): string =>
  (JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }).version; // our own file

const DEFAULT_API = 'http://127.0.0.1:8080';

interface GlobalOptions {
  readonly api?: string | undefined;
  readonly output?: Format | 'yaml' | undefined;
  readonly color?: boolean | undefined;
  readonly actor?: string | undefined;
  readonly token?: string | undefined;
}

export interface CliContext {
  readonly out: Output;
  /** Ctrl-C aborts this signal. */
  readonly interrupted: AbortSignal;
  /** Asks a person on the terminal; null without a terminal. */
  readonly ask: ((question: string) => Promise<string>) | null;
  readonly api: () => ApiClient;
  /** True below `sluice plan`, whose commands are the ordinary ones and then only plan. */
  isPlanning: boolean;
  /** Exit code of the command; 0 unless the command sets another. */
  exitCode: number;
}

/** The part of the context that comes from the operating system. */
export type Surroundings = Pick<CliContext, 'out' | 'interrupted' | 'ask'>;

/** Creates the context of one run, which reads the global options when the command begins. */
export function createContext(surroundings: Surroundings, program: Command): CliContext {
  return {
    ...surroundings,
    exitCode: 0,
    isPlanning: false,
    api() {
      const options = program.opts() as GlobalOptions; // the options that program.ts declares
      const actor = options.actor ?? actorFromEnvironment();
      const address = options.api ?? apiAddressFromEnvironment();
      const token = options.token ?? tokenFromEnvironment();
      if (address !== undefined) return new ApiClient(address, actor, { token });
      const local = localStackApi();
      if (local === null) {
        const advice = ' (the default; name another with --api or SLUICE_API)';
        return new ApiClient(DEFAULT_API, actor, { token, advice });
      }
      const advice = ' (the local stack; start it with `sluice stack up`)';
      return new ApiClient(local, actor, { token: token ?? localStackToken(), advice });
    },
  };
}

/** @throws UsageError for YAML from a command that prints none. */
export function applyGlobalOptions(out: Output, program: Command, command: string): void {
  const { output, color } = program.opts() as GlobalOptions; // the options that program.ts declares
  if (output === 'yaml') {
    // Results for people are YAML there already.
    if (command !== 'get') throw new UsageError(`sluice ${command} prints no YAML: use -o json`);
  } else if (output !== undefined) out.format = output;
  if (color === false) out.withoutColors();
}

/** Finds a file of the local stack in this folder, if `npm run stack -- up` has written it. */
export const localStackFile = (name: 'sluice.json' | 'credentials.json' | 'token.json'): string | null => {
  const file = join(packageRoot, '.stack', name);
  return existsSync(file) ? file : null;
};

/** The token of the local stack's admin. */
function localStackToken(): string | undefined {
  const file = localStackFile('token.json');
  if (file === null) return undefined;
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as { token?: string }).token;
  } catch {
    return undefined;
  }
}

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
