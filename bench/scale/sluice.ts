/** Calls the API of the bench's installation, and follows operations by its stream of changes. */
import { Agent, get as httpGet, type IncomingMessage } from 'node:http';
import { performance } from 'node:perf_hooks';
import { API_PREFIX, type OperationBody } from '../../src/api/contract.ts';
import type { JobItem } from '../../src/api/job-list-contract.ts';
import { ask, get, type Sluice } from '../latency/sluice-api.ts';

/** An operation of which the stream says nothing for so long is asked for. */
const SILENT_MS = 120_000;

/** An operation as it went; all times in milliseconds. */
export interface Done {
  readonly job: string;
  /** From the request to its 202. */
  readonly answered: number;
  /** From the 202 until the stream showed that the operation goes on; null where it ended before that. */
  readonly shown: number | null;
  /** From the request to its recorded end. */
  readonly took: number;
  /** From the recorded end until the stream told it; null where the stream did not. */
  readonly told: number | null;
  readonly outcome: string;
}

/** Opens a stream of server-sent events. `heard` gets each event with its data. */
export function openStream(
  { api, token }: Sluice,
  heard: (event: string, data: string) => void,
  agent = new Agent({ maxSockets: Infinity }),
): Promise<{ readonly close: () => void; readonly isOpen: () => boolean }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, accept: 'text/event-stream' };
    const request = httpGet(`${api}${API_PREFIX}/events`, { headers, agent }, (response) => {
      if (response.statusCode !== 200) {
        reject(new Error(`the stream was answered with ${response.statusCode}`));
        request.destroy();
        return;
      }
      let isOpen = true;
      response.on('close', () => (isOpen = false)).on('error', () => (isOpen = false));
      readEvents(response, heard);
      resolve({ close: () => request.destroy(), isOpen: () => isOpen });
    });
    request.on('error', reject);
  });
}

function readEvents(response: IncomingMessage, heard: (event: string, data: string) => void): void {
  let rest = '';
  response.setEncoding('utf8').on('data', (chunk: string) => {
    const blocks = (rest + chunk).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (event !== undefined && data !== undefined) heard(event, data);
    }
  });
}

interface Followed {
  readonly id: string;
  shownAt: number | null;
  readonly end: (item: JobItem | null) => void;
}

type Stream = Awaited<ReturnType<typeof openStream>>;

/** Asks for operations and waits for their ends without a question to Sluice: the stream tells. */
export class Operations {
  readonly #sluice: Sluice;
  readonly #followed = new Map<string, Followed>();
  #stream: Promise<Stream> | null = null;
  #count = 0;

  constructor(sluice: Sluice) {
    this.#sluice = sluice;
  }

  /** How many were asked for and have not ended. */
  get open(): number {
    return this.#followed.size;
  }

  /** Closes the stream, because one that is open keeps the API looking. The next operation opens another. */
  async rest(): Promise<void> {
    (await this.#stream?.catch(() => null))?.close();
    this.#stream = null;
  }

  async do(job: string, body: { readonly kind: string; readonly release?: string }): Promise<Done> {
    await this.#listen();
    this.#count += 1;
    const id = `bench-${process.pid}-${this.#count}`;
    let end: (item: JobItem | null) => void = () => undefined;
    const told = new Promise<JobItem | null>((resolve) => (end = resolve));
    const followed: Followed = { id, shownAt: null, end };
    this.#followed.set(job, followed);
    const [askedAt, asked] = [Date.now(), performance.now()];
    try {
      await ask(this.#sluice, job, { ...body, id });
      const answered = performance.now() - asked;
      const silence = setTimeout(() => followed.end(null), SILENT_MS);
      const item = await told;
      clearTimeout(silence);
      const toldAt = Date.now();
      const { outcome, endedAt } = item?.lastOperation ?? (await this.#asked(job, id));
      const endedAfter = Date.parse(endedAt ?? '') - askedAt;
      return {
        job,
        answered,
        shown: followed.shownAt === null ? null : Math.max(0, followed.shownAt - askedAt - answered),
        took: endedAfter,
        told: item === null ? null : Math.max(0, toldAt - askedAt - endedAfter),
        outcome: outcome ?? 'unknown',
      };
    } finally {
      this.#followed.delete(job);
    }
  }

  async #asked(job: string, id: string): Promise<{ outcome: string | null; endedAt: string | null }> {
    const { operation } = (await get(this.#sluice, `/jobs/${job}/operations/${id}`)) as OperationBody; // the API's shape
    return operation;
  }

  async #listen(): Promise<void> {
    const stream = await this.#stream?.catch(() => null);
    if (stream?.isOpen() === true) return;
    this.#stream = openStream(this.#sluice, (event, data) => {
      if (event === 'job') this.#heard(JSON.parse(data) as JobItem); // the API's own shape
    });
    await this.#stream;
  }

  #heard(item: JobItem): void {
    const followed = this.#followed.get(item.name);
    if (!followed) return;
    if (item.operationKind !== null) followed.shownAt ??= Date.now();
    if (item.lastOperation?.id === followed.id && item.lastOperation.outcome !== null) followed.end(item);
  }
}
