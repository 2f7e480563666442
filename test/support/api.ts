/** Asks the API as any program would: by HTTP, following operations by their ids. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DoctorBody, JobBody, OperationBody, ProblemBody } from '../../src/api/contract.ts';
import type { Deployment } from '../../src/domain/deployment/deployment.ts';
import type { OperationKind } from '../../src/domain/lifecycle.ts';
import type { OperationRecord } from '../../src/domain/operation/operation.ts';

/** An answer of the API with the time it took. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly ms: number;
}

/** Reads the operation out of an answer that accepted it. */
export const acceptedIn = (answer: Answer): OperationRecord => {
  if (answer.status !== 202) throw new Error(`not accepted (${answer.status}): ${answer.text}`);
  return (JSON.parse(answer.text) as OperationBody).operation; // the Contract's shape of 202
};

/** Reads the problem out of an answer that is one. */
export const problemIn = (answer: Answer): ProblemBody => {
  if (!answer.headers.get('content-type')?.startsWith('application/problem+json')) {
    throw new Error(`not a problem (${answer.status}): ${answer.text.slice(0, 300)}`);
  }
  return JSON.parse(answer.text) as ProblemBody; // the Contract's shape of every error
};

/** A deployment without its mark of progress, which rises while the deployment runs. */
export function withoutMark<D extends Pick<Deployment, 'completedCheckpoint' | 'newestCheckpoint'>>(
  deployment: D,
): Omit<D, 'completedCheckpoint' | 'newestCheckpoint'> {
  const { completedCheckpoint: _id, newestCheckpoint: _path, ...lasting } = deployment;
  return lasting;
}

/** Gives up on an operation that hangs; on a loaded machine a start takes minutes. */
const LONGEST_OPERATION_MS = 600_000;

/** The API of one Sluice. */
export class Api {
  readonly #base: string;
  readonly #token: string;

  constructor({ api, token }: { readonly api: string; readonly token: string }) {
    this.#base = `${api}/api/v1`;
    this.#token = token;
  }

  async send(method: 'GET' | 'POST', path: string, body?: unknown, contentType = 'application/json'): Promise<Answer> {
    const began = performance.now();
    const sent = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(this.#base + path, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(method === 'POST' ? { 'content-type': contentType } : {}),
      },
      ...(body === undefined ? {} : { body: sent }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, ms: performance.now() - began };
  }

  /** Asks for an operation and returns whatever the API says at once. */
  ask(job: string, kind: OperationKind, fields: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
    return this.send('POST', `/jobs/${encodeURIComponent(job)}/operations`, { kind, actor: 'e2e', ...fields });
  }

  /** Asks for an operation, which must be accepted, and follows it to its end. */
  async run(
    job: string,
    kind: OperationKind,
    fields: Readonly<Record<string, unknown>> = {},
  ): Promise<OperationRecord> {
    const { id } = acceptedIn(await this.ask(job, kind, fields));
    return this.ended(job, id);
  }

  /** As `run`, for operations that a test builds on: any other outcome than success ends the test with its error. */
  async succeed(
    job: string,
    kind: OperationKind,
    fields: Readonly<Record<string, unknown>> = {},
  ): Promise<OperationRecord> {
    const operation = await this.run(job, kind, fields);
    if (operation.outcome === 'succeeded') return operation;
    throw new Error(`${kind} of ${job} ended ${operation.outcome ?? ''}: ${JSON.stringify(operation.error)}`);
  }

  /** Waits for the end of an operation. */
  async ended(job: string, id: string, withinMs = LONGEST_OPERATION_MS): Promise<OperationRecord> {
    return await until(`the end of operation ${id} of ${job}`, withinMs, async () => {
      const operation = await this.operation(job, id);
      return operation?.endedAt == null ? null : operation;
    });
  }

  /** The operation of this id; null while nobody knows it. */
  async operation(job: string, id: string): Promise<OperationRecord | null> {
    const answer = await this.send('GET', `/jobs/${job}/operations/${id}`);
    return answer.status === 200 ? (JSON.parse(answer.text) as OperationRecord) : null; // the Contract's shape
  }

  /** The job's view of itself. @throws Error with the problem when there is no such job. */
  async job(name: string): Promise<JobBody> {
    return JSON.parse(await this.ok(`/jobs/${name}`)) as JobBody; // the Contract's shape
  }

  /** The deployment that runs, as the job says. */
  async deployment(name: string): Promise<NonNullable<JobBody['deployment']>> {
    const { deployment } = await this.job(name);
    if (!deployment) throw new Error(`${name} has no deployment`);
    return deployment;
  }

  /** All items of one page of a list. */
  async list<T>(path: string): Promise<readonly T[]> {
    return (JSON.parse(await this.ok(path)) as { items: T[] }).items; // the Contract's shape of lists
  }

  /** The findings of the doctor, with its probes. */
  async doctor(): Promise<DoctorBody> {
    const answer = await this.send('POST', '/doctor');
    if (answer.status !== 200) throw new Error(`POST /doctor answered ${answer.status}: ${answer.text}`);
    return JSON.parse(answer.text) as DoctorBody; // the Contract's shape
  }

  async ok(path: string): Promise<string> {
    const answer = await this.send('GET', path);
    if (answer.status !== 200) throw new Error(`GET ${path} answered ${answer.status}: ${answer.text}`);
    return answer.text;
  }
}

/** Looks again and again until there is something. @throws Error that names what never came. */
export async function until<T>(what: string, withinMs: number, look: () => Promise<T | null>): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > deadline) throw new Error(`${what} did not come within ${withinMs / 1000} s`);
    await sleep(150);
  }
}
