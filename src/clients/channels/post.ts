/**
 * Posts a message to an address that somebody configured. Every address of the name is checked, and the connection goes to
 * the very address that was checked. No redirect is followed, and nothing of the answer is kept but its status.
 */
import { lookup as resolve } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import { isTaken } from '../../domain/notification/settings.ts';
import { refusalOfAddress } from './addresses.ts';

/** The whole exchange: a receiver that hangs holds up its own channel only. */
const DEADLINE_MS = 10_000;
/** Bytes of an answer that are read, so that the connection can end. */
const MOST_BYTES = 16 * 1024;

type Address = Awaited<ReturnType<typeof addressesOf>>[number];
/** Resolves a name to all of its addresses. */
export type Resolve = (hostname: string) => Promise<readonly Address[]>;

const addressesOf = (hostname: string) => resolve(hostname, { all: true, verbatim: true });

export interface Posting {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly allowPrivate: boolean;
  /** Authorities, as PEM; undefined for those that Node trusts. */
  readonly ca: string | undefined;
  readonly resolve?: Resolve | undefined;
  readonly deadlineMs?: number | undefined;
}

export interface Answer {
  readonly status: number;
  /** Milliseconds that the receiver asks to wait; null where it does not ask. */
  readonly retryAfterMs: number | null;
}

/** @throws Error whose message says why there was no answer. */
export async function post(posting: Posting): Promise<Answer> {
  const { headers, body, allowPrivate, ca, deadlineMs = DEADLINE_MS } = posting;
  const url = URL.canParse(posting.url) ? new URL(posting.url) : null;
  if (url === null) throw new Error('the address is no URL');
  if (!isTaken(url, allowPrivate))
    throw new Error('the address must begin with https://; http:// only on loopback, with allowPrivate');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  // Node connects to a literal address without asking `lookup`.
  const refusal = isIP(host) === 0 ? null : refusalOfAddress(host, allowPrivate);
  if (refusal !== null) throw new Error(refusal);
  const lookup = checkedLookup(posting.resolve ?? addressesOf, allowPrivate);
  const agent = new Agent({
    connect: { lookup, timeout: deadlineMs, ...(ca === undefined ? {} : { ca }) },
    pipelining: 0,
  });
  try {
    const signal = AbortSignal.timeout(deadlineMs);
    const answer = await request(url, { method: 'POST', dispatcher: agent, headers, body, signal });
    await answer.body.dump({ limit: MOST_BYTES, signal });
    return { status: answer.statusCode, retryAfterMs: retryAfter(answer.headers['retry-after']) };
  } catch (failure) {
    throw new Error(reasonOf(failure, deadlineMs), { cause: failure });
  } finally {
    await agent.destroy();
  }
}

/** A lookup that gives only addresses that were checked, all of them or none. */
export function checkedLookup(resolveAll: Resolve, allowPrivate: boolean): LookupFunction {
  return (hostname, options, callback) => {
    resolveAll(hostname).then(
      (addresses) => {
        const refusals = addresses.flatMap(({ address }) => refusalOfAddress(address, allowPrivate) ?? []);
        const [first] = addresses;
        const why = refusals[0] ?? (first === undefined ? `${hostname} has no address` : null);
        if (why !== null || first === undefined) callback(new Error(`${hostname}: ${why ?? ''}`), []);
        else if (options.all === true) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      (failure: unknown) => callback(failure as NodeJS.ErrnoException, []), // what the resolver has thrown
    );
  };
}

/** Both forms of the header: seconds, or a date. */
function retryAfter(header: string | string[] | undefined): number | null {
  const text = Array.isArray(header) ? header[0] : header;
  if (text === undefined) return null;
  const ms = /^\d{1,9}$/.test(text.trim()) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, ms) : null;
}

/** The innermost message, which undici and Node hide in `cause` or `errors`. */
function reasonOf(failure: unknown, deadlineMs: number): string {
  if (!(failure instanceof Error)) return String(failure);
  if (failure.name === 'TimeoutError') return `no answer within ${deadlineMs / 1_000} s`;
  const inner: unknown = failure instanceof AggregateError ? failure.errors[0] : failure.cause;
  return failure.message === '' && inner !== undefined ? reasonOf(inner, deadlineMs) : failure.message;
}
