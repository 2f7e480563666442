/** The times that the upgrades of a job usually take, for people who wait for one. */
import { BoundedMap } from '../../concurrency/bounded-map.ts';
import { inTime } from '../../concurrency/in-time.ts';
import type { Plan as PlanOfJob } from '../../domain/plan/plan.ts';
import type { RecordStore } from '../../records/record-store.ts';
import type { Plan } from '../contract.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { isStart, readUpgrades } from './upgrades.ts';

/** Medians change with each upgrade, so that those of a minute ago are good enough for a job that is looked at each second. */
const KEPT_MS = 60_000;
const MOST_KEPT = 1_000;
/** A slow S3 keeps nobody from a job or a plan. */
const BUDGET_MS = 1_000;
/** The upgrades of which the medians are. */
const LAST = 20;

type Usual = Readonly<Record<string, number>> | null;

export class UsualTimes {
  readonly #parts: { readonly jobs: Jobs; readonly records: RecordStore };
  readonly #kept = new BoundedMap<string, { readonly at: number; readonly times: Promise<Usual> }>(MOST_KEPT);

  constructor(parts: { readonly jobs: Jobs; readonly records: RecordStore }) {
    this.#parts = parts;
  }

  /** Medians of each phase, of `total` and of `downtime`; null where no upgrade tells, or nobody answers in time. */
  async of(job: string): Promise<Usual> {
    const kept = this.#kept.get(job);
    const times = kept && performance.now() - kept.at < KEPT_MS ? kept.times : this.#read(job);
    return await inTime(times, BUDGET_MS).catch(() => null);
  }

  #read(job: string): Promise<Usual> {
    const times = readUpgrades(this.#parts, job, { limit: LAST }).then((upgrades) => {
      const { usualMs = {} } = upgrades ?? {};
      return Object.keys(usualMs).length === 0 ? null : usualMs;
    });
    this.#kept.set(job, { at: performance.now(), times });
    times.catch(() => this.#kept.delete(job));
    return times;
  }
}

/** A plan with what it usually takes. Only a start that replaces an instance has a downtime. */
export const withUsual = (plan: PlanOfJob, usualMs: Usual): Plan => ({
  ...plan,
  usualMs: usualMs && { ...usualMs },
  expectedDowntimeMs: plan.stop !== null && isStart(plan.kind) ? (usualMs?.['downtime'] ?? null) : null,
});
