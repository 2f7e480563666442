/** The acts that a person may want on the page of an operation. */
import { Link } from 'wouter';
import { useOffered } from '../../api/permissions.ts';
import { CancelButton } from '../../parts/action/actions.tsx';
import { againPath } from '../../parts/action/kinds.ts';
import { Button } from '../../parts/button.tsx';
import type { Shown } from './use-operation.ts';

export function Actions({ operation, job: body, isHolder }: Shown) {
  const again = againPath(operation);
  return (
    <>
      {again !== null && <LaunchAgain path={again} told={body ?? {}} />}
      {body && isHolder && <CancelButton job={body} look="danger" />}
    </>
  );
}

interface LaunchAgainProps {
  readonly path: string;
  readonly told: Parameters<typeof useOffered>[0];
}

function LaunchAgain({ path, told }: LaunchAgainProps) {
  const reason = useOffered(told).whyNot('deploy');
  if (reason !== null) return <Button whyNot={reason}>Launch again…</Button>;
  return (
    <Link href={path} className="button">
      Launch again…
    </Link>
  );
}
