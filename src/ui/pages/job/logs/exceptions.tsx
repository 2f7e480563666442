/** Exceptions of the running instance, then those that were saved from instances that ended. */
import { Link } from 'wouter';
import type { InstanceExceptions } from '../../../../api/instance-contract.ts';
import { useRead } from '../../../api/use-read.ts';
import { Time } from '../../../parts/data/time.tsx';
import { ExceptionList } from '../../../parts/evidence/exception-list.tsx';
import { Loaded } from '../../../parts/panel.tsx';
import { Empty } from '../../../parts/states.tsx';

export function Exceptions({ job }: { readonly job: string }) {
  const query = useRead('/jobs/{job}/exceptions', { params: { job }, query: { limit: 20 } });
  return (
    <Loaded query={query} rows={6}>
      {({ items }) =>
        items.every(({ exceptions, problem }) => exceptions.length === 0 && problem === null) ? (
          <Empty title="No exception is known." />
        ) : (
          items.map((instance) => <Instance key={instance.operation} job={job} instance={instance} />)
        )
      }
    </Loaded>
  );
}

function Instance({ job, instance }: { readonly job: string; readonly instance: InstanceExceptions }) {
  const { operation, application, live, savedAt, problem, exceptions } = instance;
  if (problem === null && exceptions.length === 0) return null;
  return (
    <section aria-label={`Exceptions of ${application}`}>
      <h3>
        <code>{application}</code>{' '}
        <span className="muted">
          {live ? (
            'runs'
          ) : (
            <>
              saved <Time at={savedAt} />
            </>
          )}
          , by <Link href={`/jobs/${job}/operations/${operation}`}>{operation}</Link>
        </span>
      </h3>
      {problem !== null && <p className="tone-warn">{problem}</p>}
      <ExceptionList exceptions={exceptions} />
    </section>
  );
}
