/** Opens as many streams as the API takes, while jobs change, and weighs the API. */
import { setTimeout as sleep } from 'node:timers/promises';
import { inTurns } from '../../../src/concurrency/in-turns.ts';
import { TokenCreated } from '../../../src/api/access-contract.ts';
import type { JobItem } from '../../../src/api/job-list-contract.ts';
import { post, type Sluice } from '../../latency/sluice-api.ts';
import { summaryOf } from '../figures.ts';
import { operationsAt, summariesOf } from '../load.ts';
import { openStream } from '../sluice.ts';
import { memoryOf, watchUsage } from '../usage.ts';
import type { Bench } from './phase.ts';

/** The API takes one more, because the bench follows its operations by one. */
const STREAMS = 499;
/** As many as the API serves to a caller. */
const STREAMS_OF_A_TOKEN = 100;
const SETTLES_MS = 10_000;
const CHANGES_PER_SECOND = 1;
const SECONDS = 60;

export async function streams(bench: Bench) {
  const { installation, landscape, operations, signal } = bench;
  const api = installation.process('api');
  const before = memoryOf(api);
  const ends = new Ends();
  const callers = await readersOf(installation);
  const opened = await inTurns(
    Array.from({ length: STREAMS }, (_none, index) => index),
    async (index) => {
      const caller = callers[index % callers.length] ?? installation;
      return await openStream(caller, (event, data) => ends.heard(index, event, data));
    },
  );
  try {
    await sleep(SETTLES_MS, undefined, { signal });
    const quiet = memoryOf(api);
    const usage = watchUsage(installation.processes);
    const jobs = landscape.deployed;
    const load = await operationsAt(operations, {
      perSecond: CHANGES_PER_SECOND,
      seconds: SECONDS,
      jobAt: (turn) => jobs[turn % jobs.length]?.name ?? '',
      body: () => ({ kind: 'savepoint' }),
      signal,
    });
    await sleep(SETTLES_MS, undefined, { signal });
    const used = usage();
    const peak = used['api']?.rssPeak ?? Number.NaN;
    return {
      streams: STREAMS + 1,
      cut: opened.filter(({ isOpen }) => !isOpen()).length,
      apiMemory: { before: Math.round(before), opened: Math.round(quiet), peakWithChanges: peak },
      apiMemoryOfStreams: Math.round(peak - before),
      failures: load.failures,
      ...summariesOf(load.done),
      // The end of each savepoint on the stream that told it last.
      slowestStream: summaryOf(ends.lags()),
      streamsThatToldAll: ends.complete(load.done.length),
      usage: used,
    };
  } finally {
    for (const stream of opened) stream.close();
  }
}

/** Makes as many tokens as the streams need. */
async function readersOf(installation: Sluice): Promise<readonly Sluice[]> {
  const names = Array.from({ length: Math.ceil(STREAMS / STREAMS_OF_A_TOKEN) }, (_none, index) => `reader-${index}`);
  return await inTurns(names, async (name) => {
    const { token } = TokenCreated.parse(await post(installation, '/tokens', { name, bindings: [{ role: 'viewer' }] }));
    return { api: installation.api, token };
  });
}

/** Notes when each stream told the end of an operation; only the ends that lists show count. */
class Ends {
  readonly #latest = new Map<string, { readonly endedAt: number; toldAt: number }>();
  readonly #told = new Map<number, Set<string>>();

  heard(stream: number, event: string, data: string): void {
    // A look at the text first, because parsing each event 500 times would be the bench's own load.
    if (event !== 'job' || !data.includes('"operationKind":null')) return;
    const id = /"lastOperation":\{"id":"(bench-[^"]+)","kind":"savepoint"/.exec(data)?.[1];
    if (id === undefined) return;
    let known = this.#latest.get(id);
    if (!known) {
      const { lastOperation } = JSON.parse(data) as JobItem; // the API's own shape
      known = { endedAt: Date.parse(lastOperation?.endedAt ?? ''), toldAt: 0 };
      this.#latest.set(id, known);
    }
    const told = this.#told.get(stream) ?? new Set<string>();
    this.#told.set(stream, told);
    // A later change of the job repeats its last operation.
    if (!told.has(id)) known.toldAt = Date.now();
    told.add(id);
  }

  lags(): number[] {
    return [...this.#latest.values()].map(({ endedAt, toldAt }) => Math.max(0, toldAt - endedAt));
  }

  /** How many streams told that many ends. */
  complete(count: number): number {
    return [...this.#told.values()].filter(({ size }) => size >= count).length;
  }
}
