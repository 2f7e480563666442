/**
 * Asks for an operation. The id is made once, when the dialog opens: a click that is repeated and an answer that was lost are
 * then one operation. While an answer is lost, the same request is sent again, because only the API can tell what became of it.
 */
import { useMutation } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { OperationBody, Plan } from '../../api/contract.ts';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import { send } from './client.ts';
import { newOperationId } from './ids.ts';
import { ApiProblem, isLost } from './problems.ts';
import { pathOf } from './reads.ts';
import { queryClient } from './query-client.ts';
import { renewSession } from './session.ts';
import type { Wish } from './wish.ts';

/** Longer than the API waits for a plan (27 s), which asks clusters that may be silent. */
const PLAN_MS = 30_000;
const REPEATED_FOR_MS = 60_000;
const PAUSE_MS = 1_500;

export const planOf = async (job: string, wish: Wish, signal?: AbortSignal): Promise<Plan> =>
  (await send(pathOf('/jobs/{job}/plan', { job }), {
    method: 'POST',
    body: { via: 'console', ...wish },
    withinMs: PLAN_MS,
    signal,
  })) as Plan; // the contract of the API

interface Asking {
  readonly wish: Wish;
  /** The plan that the person has seen: the operation is only taken while nothing has changed since. */
  readonly plan?: Pick<Plan, 'revision'> | undefined;
}

export interface Ask {
  /** The id of the operation, the same as long as the component is mounted, or the one that was given. */
  readonly id: string;
  readonly ask: (asking: Asking) => void;
  readonly isAsking: boolean;
  /** An answer was lost: the request is on its way again, with the same id. */
  readonly isUnknown: boolean;
  readonly failure: unknown;
  readonly accepted: OperationRecord | null;
}

interface Hearing {
  /** The id of an operation whose component comes and goes while somebody is about to ask for it. */
  readonly id?: string | undefined;
  readonly onAccepted?: ((operation: OperationRecord) => void) | undefined;
  readonly onFailed?: ((failure: unknown) => void) | undefined;
}

/** The operation of a dialog. A component that is mounted anew asks for another one, unless it is given an id. */
export function useAsk(job: string, { id: given, onAccepted, onFailed }: Hearing = {}): Ask {
  const [own] = useState(newOperationId);
  const id = given ?? own;
  const [isUnknown, setUnknown] = useState(false);
  // A second click may come before the page has drawn that the first one is under way.
  const isUnderWay = useRef(false);
  const { mutate, isPending, error, data } = useMutation({
    mutationFn: ({ wish, plan }: Asking) =>
      persistently(() => ask(job, { id, via: 'console', ...wish }, plan?.revision), setUnknown),
    onSuccess: (operation) => onAccepted?.(operation),
    onError: (failure) => onFailed?.(failure),
    onSettled: () => {
      isUnderWay.current = false;
      void queryClient.invalidateQueries({ predicate: ({ queryKey }) => concerns(queryKey, job) });
    },
  });
  const askOnce = (asking: Asking): void => {
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    mutate(asking);
  };
  return { id, ask: askOnce, isAsking: isPending, isUnknown, failure: error, accepted: data ?? null };
}

const concerns = (key: readonly unknown[], job: string): boolean =>
  typeof key[1] === 'object' && key[1] !== null && Reflect.get(key[1], 'job') === job;

async function ask(job: string, body: object, revision: string | undefined): Promise<OperationRecord> {
  const answer = await send(pathOf('/jobs/{job}/operations', { job }), {
    method: 'POST',
    body,
    ...(revision === undefined ? {} : { headers: { 'if-match': `"${revision}"` }, withinMs: PLAN_MS }),
  });
  return (answer as OperationBody).operation; // the contract of the API
}

/** Tells the operation of a job to end. A lost answer is asked for again, which does no harm. */
export function useCancel(job: string, operation: string, onAccepted: () => void) {
  const [isUnknown, setUnknown] = useState(false);
  const path = pathOf('/jobs/{job}/operations/{id}/cancel', { job, id: operation });
  const { mutate, isPending, error } = useMutation({
    mutationFn: (about: { readonly reason?: string }) =>
      persistently(() => send(path, { method: 'POST', body: { via: 'console', ...about } }), setUnknown),
    onSuccess: onAccepted,
    onSettled: () => void queryClient.invalidateQueries({ predicate: ({ queryKey }) => concerns(queryKey, job) }),
  });
  return { cancel: mutate, isAsking: isPending, isUnknown, failure: error };
}

async function persistently<T>(act: () => Promise<T>, setUnknown: (isUnknown: boolean) => void): Promise<T> {
  const until = Date.now() + REPEATED_FOR_MS;
  let isRenewed = false;
  for (;;) {
    try {
      const result = await act();
      setUnknown(false);
      return result;
    } catch (failure) {
      // Another tab has signed in anew, so that this page shows the value of a session that is gone. Another
      // person has to ask for it anew.
      if (!isRenewed && failure instanceof ApiProblem && failure.problem.code === 'CsrfRequired') {
        isRenewed = true;
        if (await renewSession()) continue;
      }
      if (!isLost(failure) || Date.now() > until) throw failure;
      setUnknown(true);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
