/** The way to launch again what an operation asked for: the launch takes release, values and start of the operation by its id. */
import { Link } from 'wouter';
import { useOffered } from '../../api/permissions.ts';
import { againPath } from '../action/kinds.ts';
import { Button } from '../button.tsx';

interface LaunchAgainProps {
  readonly operation: { readonly job: string; readonly id: string; readonly kind: string };
  /** The job as far as the page knows it, for what may be asked of it. */
  readonly told?: Parameters<typeof useOffered>[0];
  readonly look?: 'plain' | 'quiet';
}

/** Draws nothing for an operation that starts no instance. */
export function LaunchAgain({ operation, told = {}, look = 'plain' }: LaunchAgainProps) {
  const whyNot = useOffered(told).whyNot('deploy');
  const path = againPath(operation);
  if (path === null) return null;
  if (whyNot !== null) {
    return (
      <Button look={look} whyNot={whyNot}>
        Launch again…
      </Button>
    );
  }
  return (
    <Link href={path} className={`button ${look} nowrap`}>
      Launch again…
    </Link>
  );
}
