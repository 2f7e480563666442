/** The last two steps of a launch: its plan, and what it takes to confirm it. */
import { useLocation } from 'wouter';
import { useOffered } from '../../api/permissions.ts';
import { ConfirmationForm } from '../../parts/action/confirmation.tsx';
import { kinds } from '../../parts/action/kinds.ts';
import { PlanView } from '../../parts/action/plan-view.tsx';
import { useConfirmation } from '../../parts/action/use-confirmation.ts';
import type { Planned } from '../../parts/action/use-plan.ts';
import { announce } from '../../parts/announce.tsx';
import { Button } from '../../parts/button.tsx';
import { Empty } from '../../parts/states.tsx';
import type { Launch } from './use-launch.ts';
import '../../parts/action/action.css';

interface LastStepProps {
  readonly launch: Launch;
  readonly planned: Planned;
}

export function PlanStep({ launch, planned }: LastStepProps) {
  const { actionJob, draft, change, incomplete } = launch;
  const { lacks } = useOffered(actionJob);
  if (incomplete !== null) return <Empty title={`${incomplete}.`} />;
  return (
    <PlanView
      planned={planned}
      lacks={lacks}
      onAccept={(field) => change({ start: { ...draft.start, [field]: true } })}
    />
  );
}

/** The end of a launch. */
export function ConfirmStep({ launch, planned, isPlanSeen }: LastStepProps & { readonly isPlanSeen: boolean }) {
  const { name, actionJob, wish, operationId, drop, incomplete, release, goTo } = launch;
  const [, go] = useLocation();
  const { lacks } = useOffered(actionJob);
  const confirmation = useConfirmation({
    job: actionJob,
    wish: incomplete === null ? wish : null,
    planned,
    id: operationId,
    onAccepted({ kind }) {
      announce(`The ${kind} of ${name} has begun`);
      drop();
      go(`/jobs/${name}`);
    },
  });
  const { ask, whyNot, act, needed } = confirmation;
  if (incomplete !== null || wish === null)
    return (
      <Empty title={`${incomplete ?? 'Nothing is chosen yet'}.`}>
        <Button onClick={() => goTo('plan')}>Back</Button>
      </Empty>
    );
  const title = wish.kind === 'deploy' ? `Deploy ${release} to ${name}` : kinds[wish.kind].asks(name);
  return (
    <div className="action">
      <PlanView planned={planned} lacks={lacks} isBrief={planned.before === null && isPlanSeen} />
      <ConfirmationForm confirmation={confirmation} />
      <div className="toolbar">
        <Button onClick={() => goTo('plan')}>Back</Button>
        <Button
          look={needed.dangers.length > 0 ? 'danger' : 'primary'}
          whyNot={whyNot}
          isBusy={ask.isAsking}
          onClick={act}
        >
          {title}
        </Button>
        {whyNot !== null && !ask.isAsking && <span className="muted">{whyNot}</span>}
      </div>
    </div>
  );
}
