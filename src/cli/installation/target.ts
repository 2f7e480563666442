/** Chooses the API that a command asks, and the secret that it shows there. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  apiAddressFromEnvironment,
  contextFromEnvironment,
  contextsFileFromEnvironment,
  tokenFromEnvironment,
} from '../../config.ts';
import { contextNamed, readContexts, type Context } from './contexts.ts';

export const packageRoot = fileURLToPath(new URL('../../../', import.meta.url));

const DEFAULT_API = 'http://127.0.0.1:8080';

interface Options {
  readonly api?: string | undefined;
  readonly context?: string | undefined;
  readonly token?: string | undefined;
}

export interface Target {
  readonly api: string;
  readonly token: string | undefined;
  /** Advice for an API that does not answer. */
  readonly advice: string;
  /** The context that has the address; null without one. */
  readonly context: string | null;
}

/**
 * Options come before the environment, the environment before the current context, and that before the local stack. A
 * context's secret goes to the address of that context only.
 */
export function chooseTarget(options: Options): Target {
  const contexts = readContexts(contextsFileFromEnvironment());
  const name = options.context ?? contextFromEnvironment() ?? contexts.current;
  const context = name === null ? null : contextNamed(contexts, name);
  const isNamed = options.context !== undefined;
  const address = options.api ?? (isNamed ? undefined : apiAddressFromEnvironment()) ?? context?.api;
  if (address === undefined) return ofLocalStack(options.token ?? tokenFromEnvironment());
  const isOfContext = context !== null && isSameAddress(context.api, address);
  const secret = isOfContext ? secretOf(context) : undefined;
  const found = isNamed ? (secret ?? tokenFromEnvironment()) : (tokenFromEnvironment() ?? secret);
  return {
    api: address,
    token: options.token ?? found,
    advice: isOfContext ? ` (the context ${name ?? ''})` : '',
    context: isOfContext ? name : null,
  };
}

const secretOf = ({ session, token }: Context): string | undefined => session?.text ?? token;

const isSameAddress = (one: string, other: string): boolean =>
  URL.canParse(one) && URL.canParse(other) && new URL(one).href === new URL(other).href;

function ofLocalStack(token: string | undefined): Target {
  const local = localStackApi();
  if (local === null) {
    const advice = ' (the default; name another with --api or SLUICE_API)';
    return { api: DEFAULT_API, token, advice, context: null };
  }
  const advice = ' (the local stack; start it with `sluice stack up`)';
  return { api: local, token: token ?? localStackToken(), advice, context: null };
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
