/** The ends of a request beside success: held by another operation, refused, denied, lost. */
import { Link } from 'wouter';
import type { ProblemBody } from '../../../api/contract.ts';
import { isDenied, isLost, problemIn } from '../../api/problems.ts';
import { useRead } from '../../api/use-read.ts';
import { Button } from '../button.tsx';
import { Elapsed } from '../data/time.tsx';
import { ProblemNote } from '../states.tsx';

const LOOK_MS = 2_000;

interface RefusalProps {
  readonly job: string;
  readonly failure: unknown;
  /** Plans again, when the job is free. */
  readonly onAgain: () => void;
  readonly contacts?: readonly string[] | undefined;
}

export function Refusal({ job, failure, onAgain, contacts = [] }: RefusalProps) {
  const { holder, code } = problemIn(failure);
  if (holder) return <Held job={job} holder={holder} onAgain={onAgain} />;
  // The plan above says what has changed.
  if (code === 'PlanOutdated') return null;
  if (isLost(failure)) return <StillUnknown failure={failure} />;
  return (
    <>
      <ProblemNote failure={failure} />
      {isDenied(failure) && contacts.length > 0 && <p>Ask {contacts.join(', ')}.</p>}
    </>
  );
}

interface HeldProps {
  readonly job: string;
  readonly holder: NonNullable<ProblemBody['holder']>;
  readonly onAgain: () => void;
}

/** Another operation was first. Nothing waits in a queue: whoever still wants it asks again when the job is free. */
function Held({ job, holder: { id, kind, actor, since, phase }, onAgain }: HeldProps) {
  const { data } = useRead('/jobs/{job}', { params: { job } }, { everyMs: LOOK_MS });
  const holds = data === undefined || data.operation?.id === id;
  const now = data?.operation?.id === id ? data.operation.phase : phase;
  return (
    <div className="note tone-warn" role="alert">
      <p className="title">
        {holds ? `${actor} was first: a ${kind} holds ${job}` : `The ${kind} by ${actor} no longer holds ${job}`}
      </p>
      {holds && (
        <p>
          For <Elapsed since={since} />
          {now !== null && `, in phase ${now}`}. Nothing of yours was done, and nothing is queued.
        </p>
      )}
      <p>
        <Link href={`/jobs/${job}/operations/${id}`}>Watch it</Link>
      </p>
      {!holds && <Button onClick={onAgain}>Plan again</Button>}
    </div>
  );
}

/** The answer was lost, and the request is on its way again. */
export const UnknownNote = ({ id }: { readonly id?: string }) => (
  <div className="note tone-warn" role="alert">
    <p className="title">It is not known whether the API has taken it.</p>
    <p>{id === undefined ? 'Asking again.' : `Asking again with the same id ${id}: it is done once at most.`}</p>
  </div>
);

const StillUnknown = ({ failure }: { readonly failure: unknown }) => (
  <div className="note tone-bad" role="alert">
    <p className="title">It is still not known whether the API has taken it.</p>
    <p>{problemIn(failure).detail}.</p>
    <p>Ask again here: the id stays the same, so that it is done once at most.</p>
  </div>
);
