/** Sends requests to the API: same origin, by the cookie of the session. Problems become errors, and lost answers too. */
import { API_PREFIX } from './prefix.ts';
import { noteOutcome } from './connection.ts';
import { ApiProblem, NoAnswer, problemOf } from './problems.ts';
import { pathOf, type Given, type ReadPath, type Reads } from './reads.ts';
import { attendance } from '../state/attended.ts';

/** Longer than the API waits for Temporal (10 s), so that the API itself says what is wrong. */
const REQUEST_MS = 15_000;

/** The value that shows that a request comes from this page. `session.ts` sets it. */
let csrf: string | null = null;
export const setCsrf = (value: string | null): void => void (csrf = value);

interface Sending {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly withinMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Whether the answer is a text and no JSON. */
  readonly isText?: boolean;
}

/** Reads a path of the contract. @throws ApiProblem, NoAnswer. */
export async function read<P extends ReadPath>(path: P, given: Given<P>, signal?: AbortSignal): Promise<Reads[P]> {
  const answer = await send(pathOf(path, given.params, given.query), { method: 'GET', signal });
  return answer as Reads[P]; // the contract of the API
}

/** Reads a text, such as the end of a log. @throws ApiProblem, NoAnswer. */
export async function readText(path: string, signal?: AbortSignal): Promise<string> {
  return (await send(path, { method: 'GET', signal, isText: true })) as string; // as asked for
}

/** Sends anything to a path below the prefix. @throws ApiProblem, NoAnswer. */
export async function send(path: string, sending: Sending): Promise<unknown> {
  try {
    const answer = await answerTo(path, sending);
    noteOutcome(null);
    return answer;
  } catch (failure) {
    if (sending.signal?.aborted !== true) noteOutcome(failure);
    throw failure;
  }
}

async function answerTo(path: string, sending: Sending) {
  const { method, body, headers = {}, withinMs = REQUEST_MS, signal, isText = false } = sending;
  const timeout = AbortSignal.timeout(withinMs);
  let response: Response;
  let text: string;
  try {
    response = await fetch(API_PREFIX + path, {
      method,
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      headers: {
        accept: isText ? 'text/plain, application/problem+json' : 'application/json',
        ...attendance(),
        ...(method === 'GET' ? {} : { 'content-type': 'application/json' }),
        ...(method === 'GET' || csrf === null ? {} : { 'x-sluice-csrf': csrf }),
        ...headers,
      },
      ...(method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {}),
    });
    text = await response.text();
  } catch (failure) {
    if (signal?.aborted === true) throw failure;
    throw new NoAnswer(timeout.aborted ? `Nothing within ${withinMs / 1_000} s` : 'The connection failed');
  }
  if (isText && response.ok) return text;
  const value = jsonIn(text);
  // The health of a part that is down has a body of its own.
  if (response.ok || path === '/healthz') return value;
  throw new ApiProblem(problemOf(value, response.status));
}

function jsonIn(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
