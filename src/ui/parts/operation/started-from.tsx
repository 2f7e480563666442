/** The restore point from which a deployment was started. */
import type { RestorePoint } from '../../../domain/restore-points/restore-point.ts';
import { Id } from '../copy.tsx';
import { Time } from '../data/time.tsx';

export function StartedFrom({ point }: { readonly point: RestorePoint | null }) {
  if (point === null) return 'no state';
  const { kind, deployment, completedAt, path } = point;
  return (
    <>
      {kind}
      {deployment !== null && ` of deployment ${deployment}`}
      {completedAt !== null && (
        <>
          , <Time at={completedAt} />
        </>
      )}{' '}
      <Id value={path} of="path of the restore point" />
    </>
  );
}
