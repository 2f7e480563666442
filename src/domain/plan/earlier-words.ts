/** The earlier word of plans: `way` said what `how` and `whyRestarted` say now. Both are told as long as somebody may read the first. */
import type { Plan } from './plan.ts';

type Reached = Pick<Plan, 'how' | 'whyRestarted' | 'way'>;

export const inBothWords = ({ how, why }: NonNullable<Plan['way']>): Reached => ({
  how,
  ...(why === null ? {} : { whyRestarted: why }),
  way: { how, why },
});

/** Reads the plan of a worker that knows the earlier word only. */
export const inTodaysWords = <P extends Reached>(plan: P): P =>
  plan.way === undefined ? plan : { ...plan, ...inBothWords(plan.way) };
