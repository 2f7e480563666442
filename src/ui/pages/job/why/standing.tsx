/** A job without an operation in progress: why it is in its state, since when, and where its state is. */
import { Link } from 'wouter';
import type { JobBody } from '../../../../api/contract.ts';
import { newestVerified } from '../../../../domain/restore-points/point-words.ts';
import { useRead } from '../../../api/use-read.ts';
import { Id } from '../../../parts/copy.tsx';
import { JobBadge } from '../../../parts/data/badge.tsx';
import { Prose } from '../../../parts/data/prose.tsx';
import { Fact, Facts } from '../../../parts/data/facts.tsx';
import { Time } from '../../../parts/data/time.tsx';

export function Standing({ job }: { readonly job: JobBody }) {
  const { state, stateMeaning, stateReason, stateSince, next, cause, health } = job;
  const isUp = state === 'running' || state === 'unreachable';
  return (
    <>
      <p className="why-title">
        <JobBadge job={job} /> <Prose text={stateMeaning} />
      </p>
      <Facts>
        <Fact name="Since">
          <Time at={stateSince} />
          {stateReason !== null && <>: {stateReason}</>}
        </Fact>
        {isUp ? <Runs job={job} /> : <Ended job={job} />}
        {state === 'unreachable' && <Silent job={job} />}
        {isUp && health === 'degraded' && <Unwell job={job} />}
        {cause && <CauseLines cause={cause} />}
        {(state === 'stopped' || state === 'failed') && <NewestPoint job={job.name} />}
        <Fact name="Next">
          <Prose text={next} />
        </Fact>
      </Facts>
    </>
  );
}

function Runs({ job: { name, deployment, checkpointAt, observedAt } }: { readonly job: JobBody }) {
  if (deployment === null) return null;
  const { number, runningAt, startedAt, checkpointing } = deployment;
  return (
    <>
      <Fact name="Instance">
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
      </Fact>
      {checkpointing && checkpointAt != null && (
        <Fact name="Checkpoint">
          the newest completed <Time at={checkpointAt} />
        </Fact>
      )}
    </>
  );
}

function Ended({ job: { name, deployment, endKnownBy, lastOperation } }: { readonly job: JobBody }) {
  const decidedBy = endKnownBy && endKnownBy.kind !== 'confirmed' ? endKnownBy : null;
  return (
    <>
      {deployment?.ended && (
        <Fact name="Instance">
          <Link href={`/jobs/${name}/deployments/${deployment.number}`}>deployment #{deployment.number}</Link>{' '}
          {deployment.ended.how} <Time at={deployment.ended.at} />
          {decidedBy && (
            <>
              , as decided by <Link href={`/jobs/${name}/operations/${decidedBy.operation}`}>an operation</Link>
            </>
          )}
        </Fact>
      )}
      {lastOperation && (
        <Fact name="Last asked">
          <Link href={`/jobs/${name}/operations/${lastOperation.id}`}>{lastOperation.kind}</Link> by{' '}
          {lastOperation.actor}, ended <Time at={lastOperation.endedAt} />
        </Fact>
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
    <Fact name="Cluster">
      <Link href={`/clusters/${deployment.cluster}`}>{deployment.cluster}</Link>
      {cluster && (cluster.reachable ? ' answers now' : `: ${cluster.problem ?? 'it does not answer'}`)}
    </Fact>
  );
}

function Unwell({ job: { healthReasons, healthSince } }: { readonly job: JobBody }) {
  return (
    <Fact name="Not healthy">
      since <Time at={healthSince} />
      <ul className="plain">
        {healthReasons.map((reason) => (
          <li key={reason}>{reason}</li>
        ))}
      </ul>
    </Fact>
  );
}

function CauseLines({ cause }: { readonly cause: NonNullable<JobBody['cause']> }) {
  const { meaning, evidence, state, whatToDo } = cause;
  return (
    <>
      <Fact name="Cause">
        {meaning}
        {evidence !== '' && (
          <p>
            <code>{evidence}</code>
          </p>
        )}
      </Fact>
      <Fact name="State">
        <Prose text={state} />
      </Fact>
      <Fact name="To do">
        <Prose text={whatToDo} />
      </Fact>
    </>
  );
}

/** The newest restore point on the way to the deployment. */
function NewestPoint({ job }: { readonly job: string }) {
  const { data } = useRead('/jobs/{job}/restore-points', { params: { job }, query: { limit: 5 } });
  const point = data && newestVerified(data.items);
  if (!point) return null;
  return (
    <Fact name="Restore point">
      {point.kind}, completed <Time at={point.completedAt} />
      <Id value={point.path} of="path of the restore point" />
    </Fact>
  );
}
