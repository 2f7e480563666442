/** Waits until the new instance has written records of its own into the observer's file. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Deployment } from '../src/domain/deployment/deployment.ts';
import { judgeRecords } from '../observer/judge.ts';
import { endOfFile, readRecords } from '../observer/records.ts';
import { DemoFailure } from './failure.ts';
import { LiveLine } from './terminal.ts';

const LONGEST_MS = 60_000;
const LOOK_EVERY_MS = 200;

/** A place in the observer's file. */
export interface ObserverPlace {
  readonly file: string;
  /** Offset in bytes, as `endOfFile` returned it. */
  readonly from: number;
}

/** Returns the current end of the observer's file. */
export const placeNow = async (file: string): Promise<ObserverPlace> => ({ file, from: await endOfFile(file) });

/**
 * Waits until the deployment's instance has written at least `count` records after `place`. Resolves with their number.
 */
export async function waitForRecords(
  { file, from }: ObserverPlace,
  { job, applicationId }: Pick<Deployment, 'job' | 'applicationId'>,
  count: number,
  signal: AbortSignal,
): Promise<number> {
  const line = new LiveLine();
  const until = Date.now() + LONGEST_MS;
  try {
    for (;;) {
      let seen = 0;
      for await (const { instance } of readRecords(file, { job, from })) if (instance === applicationId) seen += 1;
      if (seen >= count) return seen;
      line.show(() => `  … ${seen} of ${count} records of ${applicationId}`);
      if (Date.now() > until) {
        throw new DemoFailure(
          `${applicationId} runs but has written only ${seen} records in ${LONGEST_MS / 1000} s`,
          `Read the end of ${file}, and the job's exceptions in Flink's own pages: npm run stack -- status`,
        );
      }
      await sleep(LOOK_EVERY_MS, undefined, { signal });
    }
  } finally {
    line.clear();
  }
}

/**
 * Returns for how many milliseconds nobody wrote before the deployment's instance did, since `place`; null where no other instance
 * wrote before it.
 */
export async function pauseBefore(
  { file, from }: ObserverPlace,
  { job, applicationId }: Pick<Deployment, 'job' | 'applicationId'>,
): Promise<number | null> {
  const report = (await judgeRecords(readRecords(file, { job, from }))).get(job);
  return report?.pauses.find(({ after }) => after === applicationId)?.milliseconds ?? null;
}
