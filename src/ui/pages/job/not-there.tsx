/** In the place of a job that cannot be read. A job whose workflow is lost can be recovered. */
import { isNotFound } from '../../api/problems.ts';
import { useMay } from '../../api/session.ts';
import { useRead } from '../../api/use-read.ts';
import { ActionButton } from '../../parts/action/actions.tsx';
import { ProblemNote } from '../../parts/states.tsx';

const EVERY_MS = 5_000;

interface NotThereProps {
  readonly job: string;
  readonly failure: unknown;
  readonly onRetry: () => void;
}

export function NotThere({ job, failure, onRetry }: NotThereProps) {
  return (
    <>
      <ProblemNote failure={failure} onRetry={onRetry} />
      {isNotFound(failure) && <Recovery name={job} />}
    </>
  );
}

function Recovery({ name }: { readonly name: string }) {
  const mayLook = useMay('doctor');
  const { data } = useRead('/lost-jobs', {}, { everyMs: EVERY_MS, enabled: mayLook });
  if (data?.items.some((lost) => lost.name === name) !== true) return null;
  const job = { name, environment: null, operation: null };
  return (
    <p className="button-row">
      <ActionButton job={job} kind="recover" look="primary" />
      <ActionButton job={job} kind="deploy" />
    </p>
  );
}
