/** The operation that holds the job: its phase, what it waits for, what comes next, and what a failure or a cancel leads to. */
import { Link } from 'wouter';
import type { JobBody } from '../../../../api/contract.ts';
import { phases } from '../../../../domain/lifecycle.ts';
import { doorOf, interruptedBy, releaseOf, whoAsked } from '../../../../domain/operation/in-words.ts';
import { Badge } from '../../../parts/data/badge.tsx';
import { durationText } from '../../../parts/data/format.ts';
import { Prose } from '../../../parts/data/prose.tsx';
import { Elapsed, Time } from '../../../parts/data/time.tsx';
import { busySign } from '../../../parts/data/tones.ts';
import { Line, Lines } from './lines.tsx';
import { comingPhases, consequences } from '../../../parts/operation/operation-course.ts';

type Operation = NonNullable<JobBody['operation']>;

export function InProgress({ job, operation }: { readonly job: JobBody; readonly operation: Operation }) {
  const { deployment } = job;
  const underway = { operation, deployment };
  const [next] = comingPhases(underway);
  const then = consequences(underway);
  const interrupted = interruptedBy(operation);
  return (
    <>
      <Asked operation={operation} />
      <Lines>
        {operation.phase !== null && (
          <Line label={`Now ${operation.phase}`}>
            <PhaseTime job={job} operation={operation} />
            <p>
              <Prose text={phases[operation.phase].meaning} />
            </p>
          </Line>
        )}
        <WaitingFor progress={job.progress ?? null} />
        {interrupted !== null && <Line label="Cut short">{interrupted}</Line>}
        {next !== undefined && (
          <Line label="Next">
            {next}: <Prose text={phases[next].meaning} />
          </Line>
        )}
        {then && (
          <>
            <Line label="If it fails">
              <Prose text={then.failure} />
            </Line>
            <Line label="Cancel now">
              <Prose text={then.cancel} />
            </Line>
          </>
        )}
      </Lines>
    </>
  );
}

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

/** How long the phase goes on, at most and usually. */
function PhaseTime({ job, operation }: { readonly job: JobBody; readonly operation: Operation }) {
  const span = operation.phases.findLast(({ endedAt }) => endedAt === null);
  if (!span) return null;
  const { deadlineAt, usualMs } = job;
  const usual = usualMs?.[span.name];
  return (
    <p className="number">
      for <Elapsed since={span.startedAt} />
      {deadlineAt != null && ` of at most ${durationText(Date.parse(deadlineAt) - Date.parse(span.startedAt))}`}
      {usual !== undefined && ` · usually ${durationText(usual)}`}
    </p>
  );
}

function WaitingFor({ progress }: { readonly progress: NonNullable<JobBody['progress']> | null }) {
  if (progress === null) return null;
  const { seen, at, attempt, lastFailure } = progress;
  return (
    <>
      {seen !== null && (
        <Line label="Waiting for">
          {seen} <span className="muted">· seen {<Time at={at} />}</span>
        </Line>
      )}
      {(attempt > 1 || lastFailure !== null) && (
        <Line label={`Attempt ${attempt}`}>
          <span className="tone-warn">{lastFailure ?? 'the attempt before failed'}</span>
        </Line>
      )}
    </>
  );
}
