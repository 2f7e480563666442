/** Load on an installation: operations at a rate, and readers who ask beside them. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { API_PREFIX } from '../../src/api/contract.ts';
import type { Sluice } from '../latency/sluice-api.ts';
import { messageOf } from '../../src/domain/errors/message-of.ts';
import { summaryOf, type Summary } from './figures.ts';
import { ENVIRONMENTS, TEAMS } from './landscape.ts';
import type { Done, Operations } from './sluice.ts';

const SECOND_MS = 1_000;

/** Pages of the list of jobs that people ask for; each question differs from the one before, so that none is a repetition. */
export const PAGES: Readonly<Record<string, (turn: number) => string>> = {
  'first page': () => '/jobs?limit=100',
  'filtered page': (turn) =>
    `/jobs?limit=100&state=running&environment=${ENVIRONMENTS[turn % ENVIRONMENTS.length]}&owner=${TEAMS[turn % TEAMS.length]}`,
  search: (turn) => `/jobs?limit=100&q=${encodeURIComponent(`job-00 ${TEAMS[turn % TEAMS.length]}`)}`,
  'page with facets': () => '/jobs?limit=100&facets=state,health,environment,owner,cluster,attention',
};

/** Asks once and reads the whole answer. @returns milliseconds. */
export async function timed({ api, token }: Sluice, path: string): Promise<number> {
  const began = performance.now();
  const response = await fetch(api + API_PREFIX + path, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`GET ${path} was answered with ${response.status}: ${text}`);
  return performance.now() - began;
}

/** Asks for pages at a steady rate until the function that is returned is called, which tells how long they took. */
export function readers(sluice: Sluice, everyMs: number): () => Record<string, Summary> {
  const times = new Map<string, number[]>(Object.keys(PAGES).map((name) => [name, []]));
  const kinds = Object.entries(PAGES);
  let turn = 0;
  const timer = setInterval(() => {
    const [name, pathOf] = kinds[turn % kinds.length] as (typeof kinds)[number]; // within its bounds
    const path = pathOf(turn);
    turn += 1;
    timed(sluice, path).then(
      (ms) => times.get(name)?.push(ms),
      () => times.get(name)?.push(Infinity),
    );
  }, everyMs);
  return () => {
    clearInterval(timer);
    const all = [...times.values()].flat();
    return {
      ...Object.fromEntries([...times].map(([name, series]) => [name, summaryOf(series)])),
      'all pages': summaryOf(all),
    };
  };
}

export interface Load {
  readonly done: readonly Done[];
  readonly failures: Readonly<Record<string, number>>;
  /** Operations that were open at the half and at the end of the time. */
  readonly openAtHalf: number;
  readonly openAtEnd: number;
}

interface Order {
  readonly perSecond: number;
  readonly seconds: number;
  /** The job of each operation. */
  readonly jobAt: (turn: number) => string;
  readonly body: (turn: number) => { readonly kind: string; readonly release?: string };
  readonly signal: AbortSignal;
}

/** Begins operations at a rate, whether or not earlier ones have ended, then waits for all. */
export async function operationsAt(
  operations: Operations,
  { perSecond, seconds, jobAt, body, signal }: Order,
): Promise<Load> {
  const done: Done[] = [];
  const failures: Record<string, number> = {};
  const fail = (reason: string): void => void (failures[reason] = (failures[reason] ?? 0) + 1);
  const underWay: Promise<void>[] = [];
  const count = Math.round(perSecond * seconds);
  const began = performance.now();
  let openAtHalf = 0;
  for (let turn = 0; turn < count && !signal.aborted; turn += 1) {
    if (turn === count >> 1) openAtHalf = operations.open;
    const one = operations.do(jobAt(turn), body(turn)).then(
      (operation) => {
        done.push(operation);
        if (operation.outcome !== 'succeeded') fail(operation.outcome);
      },
      (failure: unknown) => fail(messageOf(failure).slice(0, 120)),
    );
    underWay.push(one);
    const next = began + ((turn + 1) * SECOND_MS) / perSecond;
    await sleep(Math.max(0, next - performance.now()));
  }
  const openAtEnd = operations.open;
  await Promise.all(underWay);
  signal.throwIfAborted();
  return { done, failures, openAtHalf, openAtEnd };
}

/** The times of operations, each as a summary. */
export const summariesOf = (done: readonly Done[]) => ({
  answered: summaryOf(done.map(({ answered }) => answered)),
  took: summaryOf(done.map(({ took }) => took)),
  shownInStream: summaryOf(done.flatMap(({ shown }) => (shown === null ? [] : [shown]))),
  endToldByStream: summaryOf(done.flatMap(({ told }) => (told === null ? [] : [told]))),
  notToldByStream: done.filter(({ told }) => told === null).length,
});
