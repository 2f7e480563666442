/** In the place of rows, where a view has none: says why, and what to do. */
import { Link } from 'wouter';
import { useSession } from '../../api/session.ts';
import { Button } from '../../parts/button.tsx';
import { PublishCommand } from '../../parts/publish-command.tsx';
import { Empty } from '../../parts/states.tsx';
import { useUrlState } from '../../state/url.ts';
import { filterNames } from './filters.ts';
import type { ViewName } from './views.ts';

export function NothingHere({ view }: { readonly view: ViewName }) {
  const url = useUrlState();
  const { data: session } = useSession();
  // Others may have jobs.
  const isLimited = session?.bindings.every(({ jobs, environments, teams }) => jobs ?? environments ?? teams) ?? false;
  if (filterNames.some((name) => url.get(name) !== '')) return <NoMatch view={view} />;
  switch (view) {
    case 'attention':
      return (
        <Empty title="Nothing needs attention.">
          <p>
            <Link href="/jobs?view=all">All jobs</Link>
          </p>
        </Empty>
      );
    case 'starred':
      return (
        <Empty title="No job has a star.">
          <p>
            The star at the end of a row, or <kbd>s</kbd>, puts a job here. This browser keeps the stars.
          </p>
        </Empty>
      );
    case 'mine':
      return <Empty title="No job belongs to your teams." />;
    case 'all':
      return (
        <Empty title={isLimited ? 'No job that you may see was ever deployed.' : 'No job was ever deployed.'}>
          <p>
            Publish a release, then launch it: <PublishCommand />
          </p>
          <p>
            <Link href="/releases">Releases</Link>
          </p>
        </Empty>
      );
  }
}

function NoMatch({ view }: { readonly view: ViewName }) {
  const url = useUrlState();
  return (
    <Empty title="No job matches.">
      <p className="button-row">
        {view !== 'all' && <Button onClick={() => url.set({ view: 'all' })}>Search in all jobs</Button>}
        <Button onClick={() => url.set(Object.fromEntries(filterNames.map((name) => [name, null])))}>
          Clear the filters
        </Button>
      </p>
    </Empty>
  );
}
