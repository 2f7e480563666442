/** The operation that holds the job: who asked for what and why, and how far it has come. */
import { Link } from 'wouter';
import type { JobBody } from '../../../../api/contract.ts';
import { doorOf, interruptedBy, releaseOf, whoAsked } from '../../../../domain/operation/in-words.ts';
import { Badge } from '../../../parts/data/badge.tsx';
import { Fact, Facts } from '../../../parts/data/facts.tsx';
import { Elapsed } from '../../../parts/data/time.tsx';
import { busySign } from '../../../parts/data/tones.ts';
import { Underway } from '../../../parts/operation/underway.tsx';

type Operation = NonNullable<JobBody['operation']>;

export const InProgress = ({ job, operation }: { readonly job: JobBody; readonly operation: Operation }) => (
  <>
    <Asked operation={operation} />
    <Facts>
      <Fact name="Cut short">{interruptedBy(operation)}</Fact>
      <Underway operation={operation} job={job} />
    </Facts>
  </>
);

function Asked({ operation }: { readonly operation: Operation }) {
  const release = releaseOf(operation);
  return (
    <p className="why-title">
      <Badge {...busySign}>
        <Link href={`/jobs/${operation.job}/operations/${operation.id}`}>
          {operation.kind}
          {release === null ? '' : ` of ${release}`}
        </Link>
      </Badge>{' '}
      by {whoAsked(operation)} ({doorOf(operation)}), for <Elapsed since={operation.acceptedAt} />
      {operation.reason !== null && <>: “{operation.reason}”</>}
    </p>
  );
}
