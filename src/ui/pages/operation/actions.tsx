/** The acts that a person may want on the page of an operation. */
import { Link } from 'wouter';
import { useOffered } from '../../api/permissions.ts';
import { CancelButton } from '../../parts/action/actions.tsx';
import { Button } from '../../parts/button.tsx';
import type { Shown } from './use-operation.ts';

/** Kinds that bring an instance up, so that the launch can be filled from them. */
const LAUNCHING: readonly string[] = ['deploy', 'hotfix', 'restart', 'resume', 'rollback', 'revertHotfix'];

export function Actions({ operation: { job, id, kind }, job: body, isHolder }: Shown) {
  return (
    <>
      {LAUNCHING.includes(kind) && <LaunchAgain job={job} id={id} told={body ?? {}} />}
      {body && isHolder && <CancelButton job={body} look="danger" />}
    </>
  );
}

interface LaunchAgainProps {
  readonly job: string;
  readonly id: string;
  readonly told: Parameters<typeof useOffered>[0];
}

function LaunchAgain({ job, id, told }: LaunchAgainProps) {
  const reason = useOffered(told).whyNot('deploy');
  if (reason !== null) return <Button whyNot={reason}>Launch again…</Button>;
  return (
    <Link href={`/jobs/${job}/launch?from=${encodeURIComponent(id)}`} className="button">
      Launch again…
    </Link>
  );
}
