/** The context of every command: the API, the terminal, and who asks. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from '@commander-js/extra-typings';
import { actorFromEnvironment } from '../config.ts';
import { ApiClient } from './api-client.ts';
import { UsageError } from './failures.ts';
import type { Output } from './output.ts';
import { type Format } from './output.ts';
import { chooseTarget, packageRoot, type Target } from './installation/target.ts';

export const packageVersion = (): string =>
  (JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }).version; // our own file

interface GlobalOptions {
  readonly api?: string | undefined;
  readonly output?: Format | 'yaml' | undefined;
  readonly color?: boolean | undefined;
  readonly actor?: string | undefined;
  readonly token?: string | undefined;
  readonly context?: string | undefined;
}

export interface CliContext {
  readonly out: Output;
  /** Ctrl-C aborts this signal. */
  readonly interrupted: AbortSignal;
  /** Asks a person on the terminal; null without a terminal. */
  readonly ask: ((question: string) => Promise<string>) | null;
  /** Opens an address in the browser, and says whether there is one; null without a terminal. */
  readonly browse: ((url: string) => Promise<boolean>) | null;
  readonly api: () => ApiClient;
  /** The API that the command asks, and the secret for it. */
  readonly target: () => Target;
  /** True below `sluice plan`, whose commands are the ordinary ones and then only plan. */
  isPlanning: boolean;
  /** Exit code of the command; 0 unless the command sets another. */
  exitCode: number;
}

/** The part of the context that comes from the operating system. */
export type Surroundings = Pick<CliContext, 'out' | 'interrupted' | 'ask' | 'browse'>;

/** Creates the context of one run, which reads the global options when the command begins. */
export function createContext(surroundings: Surroundings, program: Command): CliContext {
  return {
    ...surroundings,
    exitCode: 0,
    isPlanning: false,
    target: () => chooseTarget(program.opts()),
    api() {
      const options = program.opts() as GlobalOptions; // the options that program.ts declares
      const { api, token, advice } = chooseTarget(options);
      return new ApiClient(api, options.actor ?? actorFromEnvironment(), { token, advice });
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
