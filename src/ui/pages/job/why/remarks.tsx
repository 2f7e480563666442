/** Remarks beside the state of a job: doubts, risks, releases that wait, requests that were refused. */
import { Link } from 'wouter';
import type { JobBody } from '../../../../api/contract.ts';
import { formatDuration } from '../../../../domain/input/durations.ts';
import { drillInWords } from '../../../../domain/job/recovery/drill-words.ts';
import { attentionReasons } from '../../../../domain/job/list/attention.ts';
import type { RecoveryView } from '../../../../domain/job/recovery/view.ts';
import { Fact, Facts } from '../../../parts/data/facts.tsx';
import { Time } from '../../../parts/data/time.tsx';

export function Remarks({ job }: { readonly job: JobBody }) {
  const { name, pendingStop, givenUp = [], hotfix, retention, skippedSavepoints, periodicSavepoints, recovery } = job;
  return (
    <>
      <Facts>
        {pendingStop && (
          <Fact name="Pending stop">
            <span className="tone-warn">{attentionReasons.pendingStop.meaning}</span>{' '}
            <Link href={`/jobs/${name}/operations/${pendingStop.operationId}`}>It was asked for</Link>{' '}
            <Time at={pendingStop.since} />.
          </Fact>
        )}
        {givenUp.map(({ by, actor, at, reason, risk }) => (
          <Fact key={by} name="Given up">
            <span className="tone-bad">{risk}.</span>{' '}
            <Link href={`/jobs/${name}/operations/${by}`}>{actor} gave it up</Link> <Time at={at} />: “{reason}”
          </Fact>
        ))}
        {recovery && <Recovery recovery={recovery} />}
        {hotfix?.reminder != null && (
          <Fact name="Hotfix">
            <span className="tone-warn">{hotfix.reminder}</span>
          </Fact>
        )}
        <Releases job={job} />
        {periodicSavepoints && (
          <Fact name="Savepoints">
            {periodicSavepoints.nextAt === null ? (
              'The schedule of periodic savepoints names no next time.'
            ) : (
              <>
                The next periodic one <Time at={periodicSavepoints.nextAt} />.
              </>
            )}
            {skippedSavepoints.last && (
              <span className="muted">
                {' '}
                {skippedSavepoints.count} skipped, the last <Time at={skippedSavepoints.last.at} />:{' '}
                {skippedSavepoints.last.detail}
              </span>
            )}
          </Fact>
        )}
        {retention?.problem != null && <Fact name="Retention">{retention.problem}</Fact>}
      </Facts>
      <Rejections job={job} />
    </>
  );
}

/** Restarts and failovers by Sluice itself: when the next one comes, or why none does. */
function Recovery({ recovery }: { readonly recovery: RecoveryView }) {
  const { attempts, budget, window, nextAt, act, turn, left, gone, lastDrill } = recovery;
  if (attempts === 0 && nextAt === null && left === null && gone === null && !turn && lastDrill === null) return null;
  return (
    <Fact name="Recovery">
      {lastDrill !== null && (
        <>
          Last drill <Time at={lastDrill.at} />: {drillInWords(lastDrill)}.{' '}
        </>
      )}
      {gone !== null && <span className="tone-bad">The cluster counts as gone: {gone}. </span>}
      {turn && (
        <>
          {act === 'restart' ? 'The restart' : 'The move'} waits for its turn on {turn.cluster} since{' '}
          <Time at={turn.since} as="moment" />
          {turn.before !== null && `, ${turn.before} before it`}.{' '}
        </>
      )}
      {!turn && nextAt !== null && (
        <>
          Sluice {act === 'failover' ? 'moves the job to another cluster' : 'starts the job again'}{' '}
          <Time at={nextAt} as="moment" />.{' '}
        </>
      )}
      {left !== null && <span className="tone-bad">Sluice starts nothing by itself: {left}. </span>}
      <span className="muted">
        {attempts} of {budget} restarts within {formatDuration(window)}
      </span>
    </Fact>
  );
}

/** The newest release, and whether it deploys itself. */
function Releases({ job: { name, autoDeploy, newestRelease, deployment } }: { readonly job: JobBody }) {
  const release = autoDeploy?.release ?? newestRelease;
  if (release === null || release === deployment?.release) return null;
  return (
    <Fact name="Newer release">
      <Link href={`/releases/${release}`}>{release}</Link>
      {autoDeploy === null ? (
        ' has a deployment file for the job.'
      ) : autoDeploy.answer === 'deploys' ? (
        ' deploys itself within seconds.'
      ) : (
        <>
          {autoDeploy.answer === 'waits' ? ' waits' : ' does not deploy itself'}: {autoDeploy.meaning}{' '}
          <span className="muted">{autoDeploy.detail}</span>
          {autoDeploy.until !== null && (
            <>
              {' '}
              The next window opens <Time at={autoDeploy.until} as="moment" />.
            </>
          )}
        </>
      )}{' '}
      <Link href={`/jobs/${name}/launch?release=${encodeURIComponent(release)}`}>Launch it…</Link>
    </Fact>
  );
}

function Rejections({ job: { rejections } }: { readonly job: JobBody }) {
  const { last, beyond } = rejections;
  if (last.length === 0) return null;
  const count = last.length + beyond;
  return (
    <details className="rejections">
      <summary>{count === 1 ? '1 request was refused' : `${count} requests were refused`}</summary>
      <ul className="plain">
        {last.map(({ at, kind, id, actor, detail }) => (
          <li key={`${at} ${id ?? kind}`}>
            <Time at={at} /> {kind} by {actor ?? 'somebody'}: {detail}
          </li>
        ))}
      </ul>
    </details>
  );
}
