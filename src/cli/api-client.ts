/** Calls the API: throws its problems as errors, and repeats a request whose answer was lost with the same id. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  API_PREFIX,
  type DoctorBody,
  type OperationBody,
  type Page,
  type Plan,
  type ProblemBody,
} from '../api/contract.ts';
import { SluiceError } from '../domain/errors/errors.ts';
import { messageOf } from '../domain/errors/message-of.ts';
import type { OperationKind } from '../domain/lifecycle.ts';
import type { OperationRecord } from '../domain/operation/operation.ts';
import { isLoopback } from '../domain/values/loopback.ts';
import { ApiProblem, UsageError } from './failures.ts';

/** Longer than the API waits for Temporal (10 s), so that the API itself says what is wrong. */
const REQUEST_MS = 15_000;
/** Longer than the API waits for a plan (27 s), which asks clusters that may be silent. */
const PLAN_MS = 30_000;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 3_000;

/** A request for an operation, with the id that the CLI chose. */
export type OperationRequest = Readonly<Record<string, unknown>> & {
  readonly kind: OperationKind;
  readonly id: string;
};

export interface AskOptions {
  /** Time in which a request whose answer was lost is repeated, with the same id. */
  readonly retryForMs: number;
  readonly signal: AbortSignal;
  readonly onRetry: (why: string) => void;
  /** Revision of a plan: the API accepts the operation only while nothing has changed since. */
  readonly ifMatch?: string | undefined;
}

interface Sending {
  readonly headers?: Readonly<Record<string, string>>;
  readonly withinMs?: number;
}

interface ClientOptions {
  readonly token?: string | undefined;
  readonly advice?: string;
  readonly requestMs?: number;
}

function refusePlain(base: string): void {
  if (!URL.canParse(base)) return;
  const { protocol, hostname } = new URL(base);
  if (protocol === 'http:' && !isLoopback(hostname))
    throw new UsageError(`No token goes to or from ${hostname} over plain http: use https`);
}

export class ApiClient {
  readonly base: string;
  readonly #actor: string;
  /** Advice in the error when the API does not answer, such as how to start the API. */
  readonly #advice: string;
  readonly #requestMs: number;
  readonly #token: string | undefined;

  /** @throws UsageError for a token that would go over the network in plain text. */
  constructor(base: string, actor: string, { token, advice = '', requestMs = REQUEST_MS }: ClientOptions = {}) {
    if (token !== undefined) refusePlain(base);
    this.#token = token;
    this.base = base.replace(/\/+$/, '');
    this.#actor = actor;
    this.#advice = advice;
    this.#requestMs = requestMs;
  }

  /** Makes a client with another deadline, for a caller that can go on without an answer. */
  within(requestMs: number): ApiClient {
    return new ApiClient(this.base, this.#actor, { token: this.#token, advice: this.#advice, requestMs });
  }

  /** Reads the JSON of an answer. The API keeps the shapes of v1, so the caller names the type; unknown fields pass through. */
  async get(path: string, query: Query = {}): Promise<unknown> {
    return await this.#send('GET', path + searchOf(query));
  }

  /** Reads an answer that is a text, with its headers. */
  async text(path: string, query: Query = {}): Promise<{ readonly text: string; readonly headers: Headers }> {
    const { response, text } = await this.#fetch('GET', path + searchOf(query));
    if (!response.ok) throw new ApiProblem(asProblem(this.#answer(response, text), response.status));
    return { text, headers: response.headers };
  }

  async page<T>(path: string, query: Query = {}): Promise<Page<T>> {
    return (await this.get(path, query)) as Page<T>; // every list of the API has this shape
  }

  async operation(job: string, id: string): Promise<OperationRecord> {
    return (await this.get(`/jobs/${seg(job)}/operations/${seg(id)}`)) as OperationRecord; // shape of the API
  }

  /**
   * Asks for an operation. When the answer is lost, asks again with the same id, which means the same operation.
   * @throws SluiceError `ApiUnreachable` or ApiProblem `TemporalUnavailable` when it stays unknown whether the job accepted
   * the operation.
   */
  async ask(job: string, request: OperationRequest, options: AskOptions): Promise<OperationRecord> {
    const body = { via: 'cli', actor: this.#actor, ...request };
    const path = `/jobs/${seg(job)}/operations`;
    const { ifMatch } = options;
    const how = ifMatch === undefined ? {} : { headers: { 'if-match': `"${ifMatch}"` }, withinMs: PLAN_MS };
    const answer = await this.#persistently(options, () => this.#send('POST', path, body, how));
    return (answer as OperationBody).operation;
  }

  /** Plans an operation without asking for it. */
  async plan(job: string, request: Readonly<Record<string, unknown>>): Promise<Plan> {
    const body = { via: 'cli', actor: this.#actor, ...request };
    return (await this.#send('POST', `/jobs/${seg(job)}/plan`, body, { withinMs: PLAN_MS })) as Plan; // shape of the API
  }

  /** Tells an operation to end. Repeats that when the answer is lost, which does no harm. */
  async cancel(
    job: string,
    id: string,
    about: { readonly reason?: string | undefined },
    options: AskOptions,
  ): Promise<OperationRecord> {
    const path = `/jobs/${seg(job)}/operations/${seg(id)}/cancel`;
    const body = { via: 'cli', actor: this.#actor, ...about };
    const answer = await this.#persistently(options, () => this.#send('POST', path, body));
    return (answer as OperationBody).operation;
  }

  /** @throws UsageError where an answer with a secret would cross the network in plain text. */
  refusePlain(): void {
    refusePlain(this.base);
  }

  async post(path: string, body: unknown): Promise<unknown> {
    return await this.#send('POST', path, body);
  }

  /** Begins something that has an id. When the answer is lost, asks again, which means the same. */
  async begin(path: string, body: unknown, options: AskOptions): Promise<unknown> {
    return await this.#persistently(options, () => this.#send('POST', path, body));
  }

  async remove(path: string): Promise<void> {
    await this.#send('DELETE', path);
  }

  /** Runs the checks of the doctor, with the probes that write. */
  async doctor(): Promise<DoctorBody> {
    return (await this.#send('POST', '/doctor', {})) as DoctorBody; // shape of the API
  }

  /** Repeats a request while it is unknown whether the API received it. */
  async #persistently(options: AskOptions, act: () => Promise<unknown>): Promise<unknown> {
    const until = Date.now() + options.retryForMs;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        return await act();
      } catch (failure) {
        if (!isLost(failure) || Date.now() + pause > until || options.signal.aborted) throw failure;
        options.onRetry(failure.message);
        await sleep(pause, undefined, { signal: options.signal }).catch(() => undefined);
      }
    }
  }

  async #send(method: Method, path: string, body?: unknown, how: Sending = {}): Promise<unknown> {
    const { response, text } = await this.#fetch(method, path, body, how);
    if (response.status === 204) return null;
    const value = this.#answer(response, text);
    if (response.ok) return value;
    throw new ApiProblem(asProblem(value, response.status));
  }

  async #fetch(
    method: Method,
    path: string,
    body?: unknown,
    { headers = {}, withinMs = this.#requestMs }: Sending = {},
  ): Promise<{ response: Response; text: string }> {
    try {
      const response = await fetch(this.base + API_PREFIX + path, {
        method,
        signal: AbortSignal.timeout(withinMs),
        headers: {
          accept: 'application/json',
          ...(this.#token === undefined ? {} : { authorization: `Bearer ${this.#token}` }),
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { response, text: await response.text() };
    } catch (cause) {
      throw new SluiceError(
        'ApiUnreachable',
        `${this.base} does not answer: ${reasonOf(cause, withinMs)}${this.#advice}`,
        {
          cause,
        },
      );
    }
  }

  #answer(response: Response, text: string): unknown {
    return isDenial(response.status) ? jsonOrNothing(text) : this.#json(response, text);
  }

  #json(response: Response, text: string): unknown {
    try {
      return JSON.parse(text) as unknown;
    } catch (cause) {
      const what = `${response.status} ${response.headers.get('content-type') ?? 'without a type'}`;
      throw new SluiceError('ApiUnreachable', `${this.base} is not the Sluice API: it answered ${what}`, { cause });
    }
  }
}

/** A proxy in front of the API may refuse with a page of its own. */
const isDenial = (status: number): boolean => status === 401 || status === 403;

function jsonOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

type Method = 'GET' | 'POST' | 'DELETE';
type Query = Readonly<Record<string, string | undefined>>;

function searchOf(query: Query): string {
  const parameters = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return parameters.length > 0 ? `?${new URLSearchParams(parameters).toString()}` : '';
}

/** Encodes a segment of a path. */
export const seg = (name: string): string => encodeURIComponent(name);

const isLost = (failure: unknown): failure is Error =>
  (failure instanceof SluiceError && failure.code === 'ApiUnreachable') ||
  (failure instanceof ApiProblem && [502, 503, 504].includes(failure.problem.status));

/** Fills in the fields that a problem must have, because proxies answer with JSON of their own. */
function asProblem(value: unknown, status: number): ProblemBody {
  const fields = typeof value === 'object' && value !== null ? value : {};
  return {
    type: 'about:blank',
    title: `HTTP ${status}`,
    code: 'Unknown',
    detail: `the answer has status ${status} and is no problem document`,
    hint: 'Check --api: it must be the address of the Sluice API.',
    requestId: '',
    ...fields,
    status,
  };
}

function reasonOf(cause: unknown, withinMs: number): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause;
  if (inner instanceof AggregateError) return reasonOf(inner.errors[0], withinMs);
  if (inner instanceof Error && inner.name === 'TimeoutError') return `nothing within ${withinMs / 1000} s`;
  return messageOf(inner);
}
