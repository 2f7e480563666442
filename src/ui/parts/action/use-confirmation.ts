/** The last step of every operation: what proves the will of a person, and the request that goes out once for each dialog. */
import { useState } from 'react';
import type { Plan } from '../../../api/contract.ts';
import { permissionsOf } from '../../../domain/access/permissions.ts';
import { confirmationOf, type Confirmation as Needed, type Danger } from '../../../domain/operation/dangers.ts';
import type { OperationRecord } from '../../../domain/operation/operation.ts';
import { useAsk, type Ask } from '../../api/ask.ts';
import type { Wish } from '../../api/wish.ts';
import { useOffered, type Offered } from '../../api/permissions.ts';
import { ApiProblem } from '../../api/problems.ts';
import { useSession } from '../../api/session.ts';
import type { Sent } from './command-lines.ts';
import type { ActionJob } from './kinds.ts';
import type { Planned } from './use-plan.ts';

const EVERYWHERE = ['*'];

interface Confirming {
  readonly job: ActionJob;
  /** Null while the form is not complete. */
  readonly wish: Wish | null;
  readonly planned: Planned;
  /** As `useAsk` takes it. */
  readonly id?: string | undefined;
  readonly onAccepted: (operation: OperationRecord) => void;
}

export interface Confirmation {
  readonly job: ActionJob;
  readonly needed: Needed;
  readonly reason: string;
  readonly setReason: (reason: string) => void;
  readonly isAccepted: (danger: Danger) => boolean;
  readonly accept: (danger: Danger, isAccepted: boolean) => void;
  readonly typed: string;
  readonly setTyped: (typed: string) => void;
  /** Why it cannot be sent yet; null when it can. */
  readonly whyNot: string | null;
  readonly act: () => void;
  readonly ask: Ask;
  /** The request as it would go out now; null while it is not complete. */
  readonly sent: Sent | null;
  readonly planAgain: () => void;
}

export function useConfirmation({ job, wish, planned, id, onAccepted }: Confirming): Confirmation {
  const { name, environment } = job;
  const { plan, planAgain } = planned;
  const [reason, setReason] = useState(typeof wish?.reason === 'string' ? wish.reason : '');
  const [accepted, setAccepted] = useState<readonly Danger[]>([]);
  const [typed, setTyped] = useState('');
  const offered = useOffered(job);
  // Until the session is there, every environment counts as one of these.
  const confirmed = useSession().data?.confirm.environments ?? EVERYWHERE;
  const onFailed = (failure: unknown): void => {
    if (!(failure instanceof ApiProblem) || failure.problem.code !== 'PlanOutdated') return;
    // A person has accepted the plan of before: the next click must not accept one that nobody has read.
    setAccepted([]);
    setTyped('');
    planAgain();
  };
  const ask = useAsk(name, { id, onAccepted, onFailed });
  const isFirst = plan?.state === 'new';
  const needed = confirmationOf(wish?.kind ?? 'recover', wish ?? {}, { environment, isFirst, confirmed });
  const sent = sentOf(job, wish, { plan, reason, id: ask.id });
  const whyNot =
    wish === null
      ? 'Fill in what is missing above'
      : (whyRefused(offered, wish, isFirst) ??
        whyNotPlanned(wish, planned) ??
        whyNotProven({ needed, reason, accepted, typed, name }));
  return {
    job,
    needed,
    reason,
    setReason,
    isAccepted: (danger) => accepted.includes(danger),
    accept: (danger, isAccepted) =>
      setAccepted((now) => (isAccepted ? [...now, danger] : now.filter((one) => one !== danger))),
    typed,
    setTyped,
    whyNot,
    act: () => {
      if (sent && whyNot === null)
        ask.ask({ wish: sent.wish, plan: sent.revision === undefined ? undefined : { revision: sent.revision } });
    },
    ask,
    sent,
    planAgain,
  };
}

interface SentParts {
  readonly plan: Plan | undefined;
  readonly reason: string;
  readonly id: string;
}

/** A kill by force takes the place of whatever runs, so that it is bound to no plan. */
function sentOf({ name }: ActionJob, wish: Wish | null, { plan, reason, id }: SentParts): Sent | null {
  if (wish === null) return null;
  const { reason: _reason, ...asked } = wish;
  const text = reason.trim();
  return {
    job: name,
    wish: { ...(asked as Wish), ...(text === '' ? {} : { reason: text }) },
    id,
    revision: wish['force'] === true || plan?.ok !== true ? undefined : plan.revision,
  };
}

/** The API takes a kill by force in every state. */
function whyRefused({ whyNot, lacks }: Offered, wish: Wish, isFirst: boolean): string | null {
  const ofKind = wish['force'] === true ? null : whyNot(wish.kind);
  if (ofKind !== null) return ofKind;
  const needed = permissionsOf(wish.kind, wish, { isForeign: wish['foreignState'] === true, isFirst });
  for (const permission of needed) {
    const lack = lacks(permission);
    if (lack !== null) return lack;
  }
  return null;
}

/** A kill must not wait for clusters that are silent, which its plan would ask. */
function whyNotPlanned({ kind }: Wish, { plan, query }: Planned): string | null {
  if (kind === 'kill') return null;
  if (!plan) return query.error == null ? 'The plan is on its way' : 'There is no plan';
  if (query.isFetching) return 'The plan is made again';
  return plan.ok ? null : 'It would be refused: see the red checks';
}

interface Proof {
  readonly needed: Needed;
  readonly reason: string;
  readonly accepted: readonly Danger[];
  readonly typed: string;
  readonly name: string;
}

function whyNotProven({ needed, reason, accepted, typed, name }: Proof): string | null {
  if (needed.needsReason && reason.trim() === '') return 'Say why: the history shows it';
  if (needed.dangers.some((danger) => !accepted.includes(danger))) return 'Tick what is lost';
  return needed.byName && typed !== name ? `Type ${name} to confirm` : null;
}
