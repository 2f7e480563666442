/** JSON and text over HTTP/1.1 for the clients of YARN and Flink. Temporal retries the activities, so no call is retried here. */
import { Agent, type Dispatcher, request } from 'undici';
import type { z } from 'zod';
import { type ErrorCode, SluiceError } from '../domain/errors/errors.ts';
import { clip } from '../domain/values/clip.ts';
import { timeLimits } from '../domain/time-limits.ts';

/** The last argument of every call of a client. */
export interface CallOptions {
  /** Ends the call early; the call then throws the signal's reason, not an "unreachable". */
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds for the whole call with its body and redirects. Default {@link DEFAULT_DEADLINE_MS}. */
  readonly deadlineMs?: number | undefined;
  /** Bytes of a JSON answer at most. Default {@link MAX_JSON_BYTES}. */
  readonly mostBytes?: number | undefined;
}

/** A request. */
export interface HttpCall extends CallOptions {
  /** The name of the system for messages: `cluster yarn-a`. */
  readonly system: string;
  /** Code of the error that is thrown when there is no usable answer. */
  readonly unreachable: ErrorCode;
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: URL;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Hosts (`host:port`) to which a 307 may lead; the body is sent again. Without any, a 307 is "unreachable". */
  readonly redirectHosts?: readonly string[] | undefined;
  /** Tells whether a 307 may lead to another server, with its own path and query. */
  readonly mayLeaveTo?: ((target: URL) => boolean) | undefined;
}

/** An answer whose body is JSON, or empty (`undefined`), or absent because the server refused (see `refusal`). */
export interface JsonReply {
  readonly status: number;
  readonly body: unknown;
  /** Start of a body that is not JSON; only with 401, 403 and 405, where the status alone is a definite answer. */
  readonly refusal: string | null;
}

/** The end of a text file, at most as many bytes as were asked for. */
export interface TextReply {
  readonly status: number;
  readonly text: string;
}

/** Deadline of a call that names none. */
export const DEFAULT_DEADLINE_MS = timeLimits.httpDeadline;

const CONNECT_TIMEOUT_MS = 2_000;
const MAX_REDIRECTS = 2;
const MAX_JSON_BYTES = 128 * 1024 * 1024;

/** Statuses that mean "no" whatever the body is; all others need JSON to be believed. */
const definiteRefusals = new Set([401, 403, 405]);

const agent = new Agent({
  connect: { timeout: CONNECT_TIMEOUT_MS },
  keepAliveTimeout: 4_000,
  headersTimeout: 0, // the deadline of the call covers headers and body
  bodyTimeout: 0,
});

/**
 * Sends one request and reads a JSON answer. Whatever is not a believable answer (refused or reset connection, timeout,
 * HTML page with 200, truncated JSON, "There is no active RM") throws the call's `unreachable` code. An HTTP error with a
 * JSON body is an answer and is returned.
 */
export async function sendJson(call: HttpCall): Promise<JsonReply> {
  return await exchange(call, async (response, status) => {
    const text = await readAll(response.body, call.mostBytes);
    if (text === '' && status < 300) return { status, body: undefined, refusal: null };
    try {
      return { status, body: JSON.parse(text) as unknown, refusal: null };
    } catch {
      if (definiteRefusals.has(status)) return { status, body: undefined, refusal: excerpt(text) };
      throw unreachable(call, `answered ${status} with something that is not JSON: "${excerpt(text)}"`);
    }
  });
}

/** Sends one request and keeps the last `maxBytes` bytes of a text answer, however long it is. Throws as {@link sendJson}. */
export async function sendForTail(call: HttpCall, maxBytes: number): Promise<TextReply> {
  return await exchange(call, async (response, status) => ({ status, text: await readTail(response.body, maxBytes) }));
}

/** Parses a reply; one that has another shape comes from something else than was asked, hence throws `unreachable`. */
export function parseReply<T extends z.ZodType>(call: HttpCall, schema: T, body: unknown): z.output<T> {
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? 'the body' : issue.path.join('.');
  throw unreachable(call, `answered JSON of another shape: ${where}: ${issue?.message ?? 'invalid'}`, result.error);
}

/** The error for a call that had no usable answer. */
export function unreachable(call: HttpCall, why: string, cause?: unknown): SluiceError {
  const target = `${call.method} ${call.url.origin}${call.url.pathname}`;
  return new SluiceError(call.unreachable, `${call.system} ${why} (${target})`, { cause });
}

/** The first 200 characters of a page or text, without tags and line breaks, for a message. */
export function excerpt(text: string): string {
  const plain = text
    .slice(0, 4_000)
    .replace(/<(style|script)[^>]*>[\s\S]*?<\/\1>|<[^>]*>/gi, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return clip(plain, 200);
}

async function exchange<T>(
  call: HttpCall,
  read: (response: Dispatcher.ResponseData, status: number) => Promise<T>,
): Promise<T> {
  const deadlineMs = call.deadlineMs ?? DEFAULT_DEADLINE_MS;
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(new Error(`no answer within ${deadlineMs} ms`)), deadlineMs);
  // The signals are joined by hand, because AbortSignal.any keeps a reference for as long as the caller's signal lives (Node 20).
  const onAbort = () => controller.abort(call.signal?.reason);
  call.signal?.throwIfAborted();
  call.signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const response = await follow(call, controller.signal);
    return await read(response, response.statusCode);
  } catch (failure) {
    call.signal?.throwIfAborted();
    if (failure instanceof SluiceError) throw failure;
    throw unreachable(call, `does not answer: ${describe(failure)}`, failure);
  } finally {
    clearTimeout(timer);
    call.signal?.removeEventListener('abort', onAbort);
  }
}

async function follow(call: HttpCall, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
  let url = call.url;
  for (let hop = 0; ; hop += 1) {
    const response = await request(url, {
      method: call.method,
      dispatcher: agent,
      signal,
      headers: {
        accept: 'application/json, text/plain;q=0.5',
        ...(call.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
    if (response.statusCode !== 307) return response;
    const location = firstHeader(response.headers['location']);
    const text = await readAll(response.body, call.mostBytes);
    if (location === undefined) throw unreachable(call, `answered 307 without a location: "${excerpt(text)}"`);
    if (hop === MAX_REDIRECTS) throw unreachable(call, `redirected more than ${MAX_REDIRECTS} times`);
    url = redirected(call, url, location);
  }
}

/** Only the host is taken from the location of a standby; path and query stay ours (the standby sends the same ones back). */
function redirected(call: HttpCall, from: URL, location: string): URL {
  const target = URL.canParse(location, from.href) ? new URL(location, from) : null;
  if (target !== null && call.mayLeaveTo?.(target) === true) return target;
  if (target === null || !(call.redirectHosts ?? []).includes(target.host)) {
    throw unreachable(call, `redirects to ${excerpt(location)}, which is not among its configured addresses`);
  }
  const url = new URL(from);
  url.protocol = target.protocol;
  url.host = target.host;
  return url;
}

function firstHeader(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

async function readAll(body: AsyncIterable<Buffer>, mostBytes = MAX_JSON_BYTES): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > mostBytes) throw new Error(`the answer is longer than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

async function readTail(body: AsyncIterable<Buffer>, maxBytes: number): Promise<string> {
  let tail = Buffer.alloc(0);
  for await (const chunk of body) {
    tail = Buffer.concat([tail, chunk]);
    // Twice the size before cutting, so that a long file is not copied once for each chunk.
    if (tail.length > 2 * maxBytes) tail = tail.subarray(tail.length - maxBytes);
  }
  return tail.subarray(Math.max(0, tail.length - maxBytes)).toString('utf8');
}

/** Code and message of a failure and of what it wraps; undici and Node hide the reason in `cause` or `errors`. */
function describe(failure: unknown): string {
  if (!(failure instanceof Error)) return String(failure);
  const inner = failure instanceof AggregateError ? (failure.errors as unknown[])[0] : failure.cause;
  const code = 'code' in failure && typeof failure.code === 'string' ? failure.code : '';
  const own = [failure.message.includes(code) ? '' : code, failure.message].filter((part) => part !== '').join(' ');
  return own === '' && inner !== undefined ? describe(inner) : own;
}
