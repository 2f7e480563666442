/** Turns as a run hands them to the next one: in few characters, because a failed cluster has hundreds of jobs. */
import { z } from 'zod';
import { readTolerantly } from '../compatibility/tolerant.ts';
import { inOrder, mostTurns, type Turns } from './turns.ts';

const seconds = z.int();
const CarriedTurns = z.strictObject({
  version: z.literal(1),
  waiting: z.array(z.tuple([z.string(), z.string(), z.int(), seconds, seconds])),
  holding: z.array(z.tuple([z.string(), z.string(), seconds])),
  grantedAt: z.array(seconds),
});

export type CarriedTurns = z.infer<typeof CarriedTurns>;

const toSeconds = (ms: number): number => Math.floor(ms / 1_000);

export const carriedTurns = ({ waiting, holding, grantedAt }: Turns): CarriedTurns => ({
  version: 1,
  waiting: waiting
    .toSorted(inOrder)
    .slice(0, mostTurns.waiting)
    .map(({ job, operationId, priority, askedAt, heardAt }) => [
      job,
      operationId,
      priority,
      toSeconds(askedAt),
      toSeconds(heardAt),
    ]),
  holding: holding
    .slice(0, mostTurns.maxParallel)
    .map(({ job, operationId, until }) => [job, operationId, toSeconds(until)]),
  grantedAt: grantedAt.slice(-mostTurns.perMinute).map(toSeconds),
});

/** The inverse; null for anything else. */
export function readTurns(carried: unknown): Turns | null {
  const read = readTolerantly(CarriedTurns, carried);
  if (!read.ok) return null;
  const { waiting, holding, grantedAt } = read.value;
  return {
    waiting: waiting.map(([job, operationId, priority, askedAt, heardAt]) => ({
      job,
      operationId,
      priority,
      askedAt: askedAt * 1_000,
      heardAt: heardAt * 1_000,
    })),
    holding: holding.map(([job, operationId, until]) => ({ job, operationId, until: until * 1_000 })),
    grantedAt: grantedAt.map((at) => at * 1_000),
  };
}
