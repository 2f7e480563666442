/**
 * Judges how many jobs move to another cluster at one time, and in which order, by what that cluster and the bucket see: counts of
 * submissions and of ended operations. All jobs must wait for their turn before the first one gets it.
 */
interface Bounds {
  /** The most jobs that may be brought up at one time. */
  readonly maxParallel: number;
  /** By job: the least comes first. */
  readonly classOf: ReadonlyMap<string, number>;
}

/** The labels of the classes of jobs, which move in this order. */
export const CLASSES = ['{priority: "1"}', '{tier: "2"}', '{priority: "30"}', '{}'] as const;

/** Divides jobs into the classes. Neighbours in the order of names are of different ones. */
export function inClasses(count: number, digits: number) {
  const jobs = Array.from({ length: count }, (_none, index) => `clicks-${String(count - index).padStart(digits, '0')}`);
  const classOf: ReadonlyMap<string, number> = new Map(jobs.map((job, index) => [job, index % CLASSES.length]));
  return { jobs, classOf, jobsOf: (own: number): string[] => jobs.filter((job) => classOf.get(job) === own) };
}

export class Moves {
  readonly #bounds: Bounds;
  readonly #begun = new Map<string, number>();
  readonly #underWay = new Set<string>();
  #ended = 0;
  /** The most jobs that were under way at one time. */
  most = 0;
  /** Every submission beyond the bound, or out of order. */
  readonly broken: string[] = [];

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  /** The jobs in the order of their first submissions. */
  get order(): readonly string[] {
    return [...this.#begun.keys()];
  }

  /** The cluster has taken a submission of a job. */
  submitted(job: string): void {
    const { maxParallel, classOf } = this.#bounds;
    const own = classOf.get(job) ?? Infinity;
    this.#underWay.add(job);
    this.most = Math.max(this.most, this.#underWay.size);
    if (this.#underWay.size > maxParallel)
      this.broken.push(`${job} is submitted beside ${this.#underWay.size - 1} others`);
    else if (!this.#begun.has(job) && !this.#isInOrder(own))
      this.broken.push(`${job} of class ${own} is submitted while a job of an earlier class waits`);
    if (!this.#begun.has(job)) this.#begun.set(job, own);
  }

  /** All jobs of earlier classes must have had their turn, and no more turns were given than have ended and may be held. */
  #isInOrder(own: number): boolean {
    const { maxParallel, classOf } = this.#bounds;
    const earlier = [...classOf.values()].filter((one) => one < own).length;
    const others = [...this.#begun.values()].filter((one) => one >= own).length;
    return earlier + others + 1 <= this.#ended + maxParallel;
  }

  /** The operation of a job has been recorded, which comes before its turn is given back. */
  ended(job: string): void {
    if (this.#underWay.delete(job)) this.#ended += 1;
  }
}
