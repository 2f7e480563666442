/** The plan of a request, made before anything is sent. When it is made again, the one before it stays to compare with. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Plan } from '../../../api/contract.ts';
import { planOf } from '../../api/ask.ts';
import type { Wish } from '../../api/wish.ts';
import type { Loading } from '../panel.tsx';

export interface Planned {
  readonly query: Loading<Plan>;
  readonly plan: Plan | undefined;
  /** The plan that the person has seen before this one, of the same request. */
  readonly before: Plan | null;
  readonly planAgain: () => void;
}

/** @param wish null while it is not complete: then there is no plan. */
export function usePlan(job: string, wish: Wish | null): Planned {
  const { reason: _reason, ...asked } = wish ?? { kind: 'recover' };
  const key = JSON.stringify(asked);
  const [seen, setSeen] = useState<{ readonly key: string; readonly plan: Plan; readonly at: number } | null>(null);
  const query = useQuery({
    queryKey: ['plan', job, asked],
    queryFn: ({ signal }) => planOf(job, asReason(asked as Wish), signal),
    enabled: wish !== null,
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const plan = wish === null ? undefined : query.data;
  return {
    query,
    plan,
    // A plan that equals the one before is the same object, and the person must hear that it was made anew.
    before: seen?.key === key && query.dataUpdatedAt !== seen.at ? seen.plan : null,
    planAgain() {
      if (plan) setSeen({ key, plan, at: query.dataUpdatedAt });
      void query.refetch();
    },
  };
}

/** A request to give up, or to leave an instance that may run, is none without a reason; the plan of it does not depend on the words. */
const asReason = (wish: Wish): Wish =>
  wish['giveUp'] === true || wish['confirmUnfenced'] === true ? { ...wish, reason: 'planned' } : wish;
