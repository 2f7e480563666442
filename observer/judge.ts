// Judges the records of jobs: which instance ran when, and whether anything was lost, written twice or run twice.
import type { EmittedRecord } from './records.ts';
import { SequenceSet } from './sequence-set.ts';
import type { SequenceRange } from './sequence-set.ts';

const EXAMPLES = 5;
/** Matches the folder of a retained checkpoint. A restore from it repeats the records that followed the checkpoint. */
const CHECKPOINT_PATH = /\/chk-\d+(\/_metadata)?\/?$/;

/** A count, with the first few examples. */
export interface Finding<Example> {
  readonly count: number;
  readonly examples: readonly Example[];
}

/** The records of one instance, from its first line to its last. */
export interface InstanceReport {
  readonly instance: string;
  readonly deployment: number | null;
  readonly version: string | undefined;
  readonly restoredFrom: string | null;
  readonly firstEmittedAt: string;
  readonly lastEmittedAt: string;
  readonly seqs: SequenceRange;
  readonly records: number;
  /** The number of Flink's restarts of the job inside its application. */
  readonly restarts: number;
}

/** Two instances that wrote at the same time. */
export interface Overlap {
  readonly instances: readonly [string, string];
  readonly from: string;
  readonly to: string;
}

/** A time in which nobody wrote, between the last record of all instances before and the first of the next one. */
export interface Pause {
  readonly before: string;
  readonly after: string;
  readonly from: string;
  readonly to: string;
  /** Zero for instances that overlap. */
  readonly milliseconds: number;
}

/** A number that was written again. */
export interface Repetition {
  readonly seq: number;
  readonly instance: string;
  readonly emittedAt: string;
}

/** Numbers that were written more than once. */
export interface Repetitions extends Finding<Repetition> {
  readonly withinInstance: number;
  readonly acrossInstances: number;
  /**
   * Repetitions that no restore explains. These cases are explained: a later attempt inside one application; an instance
   * that was restored from a checkpoint, or from a savepoint after which the job ran on; an instance that was restored from
   * the same point as an earlier one (a rollback).
   */
  readonly unexplained: number;
}

/** The judgement of one job's records. */
export interface JobReport {
  readonly job: string;
  readonly records: number;
  readonly seqs: SequenceRange;
  readonly instances: readonly InstanceReport[];
  /** Between the instances, in the order in which they began to write. */
  readonly pauses: readonly Pause[];
  readonly overlaps: Finding<Overlap>;
  readonly lost: Finding<SequenceRange>;
  readonly repeated: Repetitions;
  readonly stateErrors: Finding<{ readonly seq: number; readonly instance: string; readonly stateError: string }>;
}

/** Options of the judgement. */
export interface JudgeOptions {
  /**
   * Gaps among this many of the highest numbers are ignored, because records are still on their way while a job of
   * parallelism above 1 runs. Give 0, the default, for a stopped job.
   */
  readonly unsettled?: number;
  /**
   * Paths of savepoints after which the job ran on. A restore from one repeats what was written since, as a restore from a
   * checkpoint does. A savepoint that stopped the job is none of them.
   */
  readonly runOnAfter?: RegExp;
}

/** Judges records in the order in which they were appended. Returns a report for each job, by name. */
export async function judgeRecords(
  records: AsyncIterable<EmittedRecord> | Iterable<EmittedRecord>,
  { unsettled = 0, runOnAfter = /$^/ }: JudgeOptions = {},
): Promise<ReadonlyMap<string, JobReport>> {
  const judges = new Map<string, JobJudge>();
  for await (const record of records) {
    let judge = judges.get(record.job);
    if (judge === undefined) judges.set(record.job, (judge = new JobJudge(record.job, runOnAfter)));
    judge.add(record);
  }
  const reports = [...judges.entries()].map(([job, judge]) => [job, judge.report(unsettled)] as const);
  return new Map(reports.sort(([a], [b]) => (a < b ? -1 : 1)));
}

class Tally<Example> implements Finding<Example> {
  count = 0;
  readonly examples: Example[] = [];

  add(example: Example, weight = 1): void {
    this.count += weight;
    if (this.examples.length < EXAMPLES) this.examples.push(example);
  }
}

/** The running totals of an instance while its records are read. */
interface Instance {
  readonly first: EmittedRecord;
  readonly firstTime: number;
  readonly firstPosition: number;
  readonly seen: SequenceSet;
  readonly seenByAttempt: Map<number, SequenceSet>;
  readonly startedLikeAnEarlierOne: boolean;
  /** The record with the latest time. */
  last: EmittedRecord;
  lastTime: number;
  lastPosition: number;
  records: number;
}

class JobJudge {
  readonly #job: string;
  readonly #runOnAfter: RegExp;
  readonly #instances = new Map<string, Instance>();
  readonly #seen = new SequenceSet();
  readonly #repeated = new Tally<Repetition>();
  readonly #stateErrors = new Tally<{ seq: number; instance: string; stateError: string }>();
  #records = 0;
  #withinInstance = 0;
  #acrossInstances = 0;
  #unexplained = 0;

  constructor(job: string, runOnAfter: RegExp) {
    this.#job = job;
    this.#runOnAfter = runOnAfter;
  }

  add(record: EmittedRecord): void {
    this.#records += 1;
    const instance = this.#instanceOf(record);
    instance.records += 1;
    instance.lastPosition = this.#records;
    const time = Date.parse(record.emittedAt);
    if (time >= instance.lastTime) {
      instance.last = record;
      instance.lastTime = time;
    }
    this.#checkRepetition(record, instance);
    const { seq, stateError } = record;
    if (stateError !== undefined) this.#stateErrors.add({ seq, instance: record.instance, stateError });
  }

  report(unsettled: number): JobReport {
    const instances = [...this.#instances.values()].sort((a, b) => a.firstPosition - b.firstPosition);
    const seqs = this.#seen.range ?? { from: 0, to: -1 };
    const lost = new Tally<SequenceRange>();
    for (const gap of this.#seen.gaps(seqs.to - unsettled)) lost.add(gap, gap.to - gap.from + 1);
    return {
      job: this.#job,
      records: this.#records,
      seqs,
      instances: instances.map(describeInstance),
      pauses: pausesOf(instances),
      overlaps: overlapsOf(instances),
      lost: { count: lost.count, examples: lost.examples },
      repeated: {
        count: this.#repeated.count,
        examples: this.#repeated.examples,
        withinInstance: this.#withinInstance,
        acrossInstances: this.#acrossInstances,
        unexplained: this.#unexplained,
      },
      stateErrors: { count: this.#stateErrors.count, examples: this.#stateErrors.examples },
    };
  }

  #instanceOf(record: EmittedRecord): Instance {
    const known = this.#instances.get(record.instance);
    if (known !== undefined) return known;
    const { restoredFrom } = record;
    const earlier = [...this.#instances.values()];
    const time = Date.parse(record.emittedAt);
    const instance: Instance = {
      first: record,
      firstTime: time,
      firstPosition: this.#records,
      seen: new SequenceSet(),
      seenByAttempt: new Map(),
      startedLikeAnEarlierOne:
        restoredFrom !== null && earlier.some(({ first }) => first.restoredFrom === restoredFrom),
      last: record,
      lastTime: time,
      lastPosition: this.#records,
      records: 0,
    };
    this.#instances.set(record.instance, instance);
    return instance;
  }

  #checkRepetition({ seq, attempt = 0, instance: name, emittedAt }: EmittedRecord, instance: Instance): void {
    let ofAttempt = instance.seenByAttempt.get(attempt);
    if (ofAttempt === undefined) instance.seenByAttempt.set(attempt, (ofAttempt = new SequenceSet()));
    const newToAttempt = ofAttempt.add(seq);
    const newToInstance = instance.seen.add(seq);
    if (this.#seen.add(seq)) return;
    this.#repeated.add({ seq, instance: name, emittedAt });
    if (newToInstance) {
      this.#acrossInstances += 1;
      if (!this.#isRestoredEarlier(instance)) this.#unexplained += 1;
    } else {
      this.#withinInstance += 1;
      if (!newToAttempt) this.#unexplained += 1;
    }
  }

  #isRestoredEarlier({ first: { restoredFrom }, startedLikeAnEarlierOne }: Instance): boolean {
    if (startedLikeAnEarlierOne || restoredFrom === null) return startedLikeAnEarlierOne;
    return CHECKPOINT_PATH.test(restoredFrom) || this.#runOnAfter.test(restoredFrom);
  }
}

function describeInstance({ first, last, seen, seenByAttempt, records }: Instance): InstanceReport {
  return {
    instance: first.instance,
    deployment: first.deployment,
    version: first.version,
    restoredFrom: first.restoredFrom,
    firstEmittedAt: first.emittedAt,
    lastEmittedAt: last.emittedAt,
    seqs: seen.range ?? { from: first.seq, to: first.seq },
    records,
    restarts: seenByAttempt.size - 1,
  };
}

function pausesOf(instances: readonly Instance[]): Pause[] {
  const [first, ...others] = [...instances].sort((a, b) => a.firstTime - b.firstTime);
  let before = first;
  return others.flatMap((after) => {
    if (before === undefined) return [];
    const pause = {
      before: before.first.instance,
      after: after.first.instance,
      from: before.last.emittedAt,
      to: after.first.emittedAt,
      milliseconds: Math.max(0, after.firstTime - before.lastTime),
    };
    if (after.lastTime > before.lastTime) before = after;
    return [pause];
  });
}

function overlapsOf(instances: readonly Instance[]): Finding<Overlap> {
  const overlaps = new Tally<Overlap>();
  for (const [index, earlier] of instances.entries()) {
    for (const later of instances.slice(index + 1)) {
      // Clusters that share a disk show an overlap by the order in the file. The times also cover clusters with a disk
      // each.
      const interleave = earlier.lastPosition > later.firstPosition;
      const coincide = earlier.lastTime > later.firstTime && later.lastTime > earlier.firstTime;
      if (!interleave && !coincide) continue;
      const end = earlier.lastTime < later.lastTime ? earlier.last : later.last;
      overlaps.add({
        instances: [earlier.first.instance, later.first.instance],
        from: later.firstTime > earlier.firstTime ? later.first.emittedAt : earlier.first.emittedAt,
        to: end.emittedAt,
      });
    }
  }
  return { count: overlaps.count, examples: overlaps.examples };
}
