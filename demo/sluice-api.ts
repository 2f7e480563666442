/** Calls Sluice's API over plain HTTP, as any script would. */
import { API_PREFIX, type JobBody, type OperationBody, type Page, type ProblemBody } from '../src/api/contract.ts';
import type { Binding } from '../src/domain/access/decide.ts';
import { messageOf } from '../src/domain/errors/message-of.ts';
import type { OperationRecord } from '../src/domain/operation/operation.ts';
import { DemoFailure } from './failure.ts';

const REQUEST_MS = 15_000;
const DAY_MS = 86_400_000;
const NOBODY_ANSWERS = 503;
const SEE_STATUS = 'List the running parts with: npm run stack -- status';

/** The demo's request for a deploy. */
export interface DeployRequest {
  readonly id: string;
  readonly release: string;
  readonly reason: string;
}

/** The API's answer to a request for an operation. */
export type DeployAnswer =
  | { readonly accepted: true; readonly operation: OperationRecord; readonly milliseconds: number }
  | { readonly accepted: false; readonly problem: ProblemBody; readonly milliseconds: number };

/** The API at one address. */
export class SluiceApi {
  readonly #address: string;
  readonly #base: string;
  readonly #token: string;
  readonly #signal: AbortSignal;

  constructor({ api, token }: { readonly api: string; readonly token: string }, signal: AbortSignal) {
    this.#address = api;
    this.#base = api + API_PREFIX;
    this.#token = token;
    this.#signal = signal;
  }

  /** Makes a token that lasts for a day. Returns the API as its holder sees it. */
  async as(name: string, binding: Binding): Promise<SluiceApi> {
    const expiresAt = new Date(Date.now() + DAY_MS).toISOString();
    const { status, body } = await this.#send('POST', '/tokens', { name, bindings: [binding], expiresAt });
    const { token } = read('/tokens', status, body) as { readonly token: string };
    return new SluiceApi({ api: this.#address, token }, this.#signal);
  }

  /** Asks for a deploy. Returns a refusal as an answer too. */
  async deploy(job: string, request: DeployRequest): Promise<DeployAnswer> {
    const began = performance.now();
    const { status, body } = await this.#send('POST', `/jobs/${job}/operations`, { kind: 'deploy', ...request });
    const milliseconds = performance.now() - began;
    if (status < 300) return { accepted: true, operation: (body as OperationBody).operation, milliseconds };
    return { accepted: false, problem: body as ProblemBody, milliseconds };
  }

  /** Returns a job, or null if Sluice has never seen it. */
  async job(job: string): Promise<JobBody | null> {
    const { status, body } = await this.#send('GET', `/jobs/${job}`);
    return status === 404 ? null : (body as JobBody);
  }

  /** Returns an operation, or null while no worker runs, because only a worker can answer for a workflow. */
  async operation(job: string, id: string): Promise<OperationRecord | null> {
    const path = `/jobs/${job}/operations/${id}`;
    const { status, body } = await this.#send('GET', path);
    if (status === NOBODY_ANSWERS) return null;
    return (read(path, status, body) as OperationBody).operation;
  }

  /** Returns the newest operations of a job, newest first. */
  async history(job: string, limit: number): Promise<readonly OperationRecord[]> {
    return ((await this.#get(`/jobs/${job}/operations?limit=${limit}`)) as Page<OperationRecord>).items;
  }

  async #get(path: string): Promise<unknown> {
    const { status, body } = await this.#send('GET', path);
    return read(path, status, body);
  }

  async #send(method: 'GET' | 'POST', path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
    try {
      const response = await fetch(this.#base + path, {
        method,
        signal: AbortSignal.any([this.#signal, AbortSignal.timeout(REQUEST_MS)]),
        headers: {
          authorization: `Bearer ${this.#token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return { status: response.status, body: await response.json() };
    } catch (cause) {
      this.#signal.throwIfAborted();
      const why = messageOf(cause);
      throw new DemoFailure(`Sluice's API at ${this.#base} does not answer: ${why}`, SEE_STATUS, { cause });
    }
  }
}

function read(path: string, status: number, body: unknown): unknown {
  if (status < 300) return body;
  const { title, detail, hint } = body as ProblemBody; // every refusal of the API has this shape
  throw new DemoFailure(`${path} was refused (${status}): ${title}: ${detail}`, hint);
}
