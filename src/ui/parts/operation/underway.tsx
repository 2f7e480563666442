/** Facts about an operation in progress: its phase, what it waits for, what comes next, and what a failure or a cancel leads to. */
import type { JobBody, OperationItem } from '../../../api/contract.ts';
import { phases } from '../../../domain/lifecycle.ts';
import { Fact } from '../data/facts.tsx';
import { durationText } from '../data/format.ts';
import { Prose } from '../data/prose.tsx';
import { Elapsed, Time } from '../data/time.tsx';
import { comingPhases, consequences } from './operation-course.ts';

interface UnderwayProps {
  readonly operation: Pick<OperationItem, 'id' | 'kind' | 'phase' | 'phases' | 'request'>;
  /** The job that the operation holds, which tells how far it has come; null where another one holds it. */
  readonly job: JobBody | null;
}

export function Underway({ operation, job }: UnderwayProps) {
  const { phase } = operation;
  const underway = { operation, deployment: job?.deployment ?? null, state: job?.state };
  const [next] = job ? comingPhases(underway) : [];
  const then = consequences(underway);
  return (
    <>
      {phase !== null && (
        <Fact name={`Now ${phase}`}>
          <PhaseTime operation={operation} job={job} />
          <p>
            <Prose text={phases[phase].meaning} />
          </p>
        </Fact>
      )}
      <WaitingFor progress={job?.progress ?? null} />
      {next !== undefined && (
        <Fact name="Next">
          {next}: <Prose text={phases[next].meaning} />
        </Fact>
      )}
      {then && (
        <>
          <Fact name="If it fails">
            <Prose text={then.failure} />
          </Fact>
          <Fact name="Cancel now">
            <Prose text={then.cancel} />
          </Fact>
        </>
      )}
    </>
  );
}

/** How long the phase goes on, at most and usually. */
function PhaseTime({ operation, job }: UnderwayProps) {
  const span = operation.phases.findLast(({ endedAt }) => endedAt === null);
  if (!span) return null;
  const usual = job?.usualMs?.[span.name];
  return (
    <p className="number">
      for <Elapsed since={span.startedAt} />
      {job?.deadlineAt != null &&
        ` of at most ${durationText(Date.parse(job.deadlineAt) - Date.parse(span.startedAt))}`}
      {usual !== undefined && ` · usually ${durationText(usual)}`}
    </p>
  );
}

function WaitingFor({ progress }: { readonly progress: NonNullable<JobBody['progress']> | null }) {
  if (progress === null) return null;
  const { name, seen, at, attempt, lastFailure } = progress;
  return (
    <>
      <Fact name="Waiting for">
        {seen ?? <code>{name}</code>}
        {at !== null && (
          <span className="muted">
            {' '}
            · seen <Time at={at} />
          </span>
        )}
      </Fact>
      {(attempt > 1 || lastFailure !== null) && (
        <Fact name={`Attempt ${attempt}`}>
          <span className="tone-warn">{lastFailure ?? 'the attempt before failed'}</span>
        </Fact>
      )}
    </>
  );
}
