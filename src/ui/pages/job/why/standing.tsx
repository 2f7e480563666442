/** A job without an operation in progress: why it is in its state, since when, and where its state is. */
import { Link } from 'wouter';
import type { JobBody } from '../../../../api/contract.ts';
import { useRead } from '../../../api/use-read.ts';
import { Id } from '../../../parts/copy.tsx';
import { JobBadge } from '../../../parts/data/badge.tsx';
import { Prose } from '../../../parts/data/prose.tsx';
import { Time } from '../../../parts/data/time.tsx';
import { Line, Lines } from './lines.tsx';

export function Standing({ job }: { readonly job: JobBody }) {
  const { state, stateMeaning, stateReason, stateSince, next, cause, health } = job;
  const isUp = state === 'running' || state === 'unreachable';
  return (
    <>
      <p className="why-title">
        <JobBadge job={job} /> <Prose text={stateMeaning} />
      </p>
      <Lines>
        <Line label="Since">
          <Time at={stateSince} />
          {stateReason !== null && <>: {stateReason}</>}
        </Line>
        {isUp ? <Runs job={job} /> : <Ended job={job} />}
        {state === 'unreachable' && <Silent job={job} />}
        {isUp && health === 'degraded' && <Unwell job={job} />}
        {cause && <CauseLines cause={cause} />}
        {(state === 'stopped' || state === 'failed') && <NewestPoint job={job.name} />}
        <Line label="Next">
          <Prose text={next} />
        </Line>
      </Lines>
    </>
  );
}

function Runs({ job: { name, deployment, checkpointAt, observedAt } }: { readonly job: JobBody }) {
  if (deployment === null) return null;
  const { number, runningAt, startedAt, checkpointing } = deployment;
  return (
    <>
      <Line label="Instance">
        <Link href={`/jobs/${name}/deployments/${number}`}>deployment #{number}</Link>
        {runningAt === null ? (
          <>
            , started <Time at={startedAt} />
          </>
        ) : (
          <>
            , all tasks RUNNING since <Time at={runningAt} />
          </>
        )}
        , last seen <Time at={observedAt} />
      </Line>
      {checkpointing && checkpointAt != null && (
        <Line label="Checkpoint">
          the newest completed <Time at={checkpointAt} />
        </Line>
      )}
    </>
  );
}

function Ended({ job: { name, deployment, endKnownBy, lastOperation } }: { readonly job: JobBody }) {
  const decidedBy = endKnownBy && endKnownBy.kind !== 'confirmed' ? endKnownBy : null;
  return (
    <>
      {deployment?.ended && (
        <Line label="Instance">
          <Link href={`/jobs/${name}/deployments/${deployment.number}`}>deployment #{deployment.number}</Link>{' '}
          {deployment.ended.how} <Time at={deployment.ended.at} />
          {decidedBy && (
            <>
              , as decided by <Link href={`/jobs/${name}/operations/${decidedBy.operation}`}>an operation</Link>
            </>
          )}
        </Line>
      )}
      {lastOperation && (
        <Line label="Last asked">
          <Link href={`/jobs/${name}/operations/${lastOperation.id}`}>{lastOperation.kind}</Link> by{' '}
          {lastOperation.actor}, ended <Time at={lastOperation.endedAt} />
        </Line>
      )}
    </>
  );
}

/** The cluster's own word beside that of the job. */
function Silent({ job: { deployment } }: { readonly job: JobBody }) {
  const { data } = useRead('/clusters', {});
  if (deployment === null) return null;
  const cluster = data?.items.find(({ name }) => name === deployment.cluster);
  return (
    <Line label="Cluster">
      <Link href={`/clusters/${deployment.cluster}`}>{deployment.cluster}</Link>
      {cluster && (cluster.reachable ? ' answers now' : `: ${cluster.problem ?? 'it does not answer'}`)}
    </Line>
  );
}

function Unwell({ job: { healthReasons, healthSince } }: { readonly job: JobBody }) {
  return (
    <Line label="Not healthy">
      since <Time at={healthSince} />
      <ul className="bare-list">
        {healthReasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </Line>
  );
}

function CauseLines({ cause }: { readonly cause: NonNullable<JobBody['cause']> }) {
  const { meaning, evidence, state, whatToDo } = cause;
  return (
    <>
      <Line label="Cause">
        {meaning}
        {evidence !== '' && (
          <p>
            <code>{evidence}</code>
          </p>
        )}
      </Line>
      <Line label="State">
        <Prose text={state} />
      </Line>
      <Line label="To do">
        <Prose text={whatToDo} />
      </Line>
    </>
  );
}

/** The newest restore point on the way to the deployment. */
function NewestPoint({ job }: { readonly job: string }) {
  const { data } = useRead('/jobs/{job}/restore-points', { params: { job }, query: { limit: 5 } });
  const point = data?.items.find(({ state }) => state === 'verified');
  if (!point) return null;
  return (
    <Line label="Restore point">
      {point.kind}, completed <Time at={point.completedAt} />
      <Id value={point.path} of="path of the restore point" />
    </Line>
  );
}
