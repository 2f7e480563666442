/** The actions that help in the situation, beside its explanation. The bar above has all of them. */
import type { JobBody } from '../../../../api/contract.ts';
import type { JobState, OperationKind } from '../../../../domain/lifecycle.ts';
import { ActionButton, CancelButton } from '../../../parts/action/actions.tsx';

const helpful: Readonly<Record<JobState, readonly OperationKind[]>> = {
  new: ['deploy', 'adopt', 'recover'],
  running: [],
  deploying: [],
  stopped: ['resume', 'deploy'],
  finished: ['deploy'],
  failed: ['resume', 'rollback', 'deploy'],
  unreachable: ['kill'],
};

export function HelpfulActions({ job }: { readonly job: JobBody }) {
  const { operation, pendingStop, state } = job;
  if (operation) {
    return (
      <div className="button-row">
        <CancelButton job={job} />
        <ActionButton job={job} kind="kill" initial={{ force: true }} look="danger">
          Kill by force…
        </ActionButton>
      </div>
    );
  }
  const kinds = pendingStop ? (['kill'] as const) : helpful[state];
  if (kinds.length === 0) return null;
  return (
    <div className="button-row">
      {kinds.map((kind) => (
        <ActionButton key={kind} job={job} kind={kind} look={kind === 'kill' ? 'danger' : 'plain'} />
      ))}
    </div>
  );
}
