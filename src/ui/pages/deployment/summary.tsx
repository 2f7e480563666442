/** The release that was started, from where, when it ran, and how it ended. */
import { Link } from 'wouter';
import type { Deployment } from '../../../domain/deployment/deployment.ts';
import { gateInWords } from '../../../domain/deployment/gate-words.ts';
import { UNSET } from '../../../domain/hotfix/value-texts.ts';
import { textOf } from '../../../domain/values/text-of.ts';
import { useRead } from '../../api/use-read.ts';
import { Id } from '../../parts/copy.tsx';
import { Fact, Facts } from '../../parts/data/facts.tsx';
import { bytesText } from '../../parts/data/format.ts';
import { Time } from '../../parts/data/time.tsx';
import { Asker } from '../../parts/operation/asker.tsx';
import { Ran } from '../../parts/operation/ran.tsx';
import { StartedFrom } from '../../parts/operation/started-from.tsx';

interface Shown {
  readonly deployment: Deployment;
}

export function Summary({ deployment }: Shown) {
  return (
    <section aria-label="Summary" className="summary">
      <Course deployment={deployment} />
      <Identity deployment={deployment} />
    </section>
  );
}

function Course({ deployment }: Shown) {
  const { job, release, gitCommit, startedAt, operationId, restorePoint, ended, hotfix, adopted } = deployment;
  const [project = '', version = ''] = release.split('/');
  return (
    <Facts>
      <Fact name="Release">
        <Link href={`/releases/${project}/${version}`}>{release}</Link>
        {gitCommit !== null && (
          <>
            {' '}
            <code title={gitCommit}>{gitCommit.slice(0, 12)}</code>
          </>
        )}
      </Fact>
      <Fact name="Started">
        <StartedBy job={job} id={operationId} /> <Time at={startedAt} as="moment" />
      </Fact>
      <Fact name="From">
        <StartedFrom point={restorePoint} />
      </Fact>
      <Fact name="Ran">
        <Ran deployment={deployment} />
      </Fact>
      <Fact name="Ended with">
        {ended?.savepoint && <Id value={ended.savepoint.path} of="path of the savepoint" />}
      </Fact>
      <Fact name="Gate">{gateInWords(deployment)}</Fact>
      <Fact name="Adopted">{adopted && `started by ${adopted.user} as ${adopted.name}`}</Fact>
      <Revisions deployment={deployment} />
      {hotfix && (
        <Fact name="Hotfix">
          <ul className="plain">
            {Object.entries(hotfix.set).map(([path, value]) => (
              <li key={path}>
                <code>
                  {path} = {textOf(value)}
                </code>{' '}
                <span className="muted">file: {hotfix.declared[path] ?? 'not set'}</span>
              </li>
            ))}
            {hotfix.unset.map((path) => (
              <li key={path}>
                <code>
                  {path} {UNSET}
                </code>
              </li>
            ))}
          </ul>
          by {hotfix.actor}
          {hotfix.reason !== null && `: “${hotfix.reason}”`}, expires <Time at={hotfix.expiresAt} as="moment" />
        </Fact>
      )}
    </Facts>
  );
}

/** Changes that reached the running instance in place. */
function Revisions({ deployment: { job, revisions = [] } }: Shown) {
  if (revisions.length === 0) return null;
  return (
    <Fact name="Revisions">
      <ul className="plain">
        {revisions.map(({ at, operation, parallelism, before }) => (
          <li key={operation}>
            parallelism {before.parallelism} → {parallelism} in place <StartedBy job={job} id={operation} />{' '}
            <Time at={at} as="moment" />
          </li>
        ))}
      </ul>
    </Fact>
  );
}

/** The id stands for an operation whose record has not come. */
function StartedBy({ job, id }: { readonly job: string; readonly id: string }) {
  const { data } = useRead('/jobs/{job}/operations/{id}', { params: { job, id } });
  return (
    <>
      by <Link href={`/jobs/${job}/operations/${id}`}>{data?.kind ?? id}</Link>
      {data && (
        <>
          {' '}
          of <Asker operation={data} />
        </>
      )}
    </>
  );
}

function Identity({ deployment }: Shown) {
  const { flinkVersion, cluster, launcher, parallelism, jar, applicationId, flinkJobId, epoch } = deployment;
  const { classArchive } = deployment;
  return (
    <Facts>
      <Fact name="Flink">
        {flinkVersion}, parallelism {parallelism}
      </Fact>
      {classArchive && (
        <Fact name="Class archives">{classArchive.used ? 'used' : `not used: ${classArchive.reason ?? ''}`}</Fact>
      )}
      <Fact name="Cluster">
        <Link href={`/clusters/${cluster}`}>{cluster}</Link> by {launcher}, epoch {epoch}
      </Fact>
      <Fact name="JAR">
        {jar.name} {bytesText(jar.size)} <code title={jar.sha256}>{jar.sha256.slice(0, 12)}</code>
      </Fact>
      <Fact name="Application">
        <Id value={applicationId} of="application id" />
      </Fact>
      <Fact name="Flink job">
        <Id value={flinkJobId} of="id of the Flink job" />
      </Fact>
    </Facts>
  );
}
