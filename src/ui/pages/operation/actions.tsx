/** The acts that a person may want on the page of an operation. */
import { Link } from 'wouter';
import { useOffered } from '../../api/permissions.ts';
import { Button } from '../../parts/button.tsx';
import type { Shown } from './page.tsx';

/** Kinds that bring an instance up, so that the launch can be filled from them. */
const LAUNCHING: readonly string[] = ['deploy', 'hotfix', 'restart', 'resume', 'rollback', 'revertHotfix'];

export function Actions({ operation: { job, id, kind }, job: body }: Shown) {
  const { whyNot } = useOffered(body ?? {});
  if (!LAUNCHING.includes(kind)) return null;
  const reason = whyNot('deploy');
  return reason === null ? (
    <Link href={`/jobs/${job}/launch?from=${encodeURIComponent(id)}`} className="button">
      Launch again…
    </Link>
  ) : (
    <Button whyNot={reason}>Launch again…</Button>
  );
}
