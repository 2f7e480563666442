/** All jobs: search, filters and order in the address, rows that change by themselves. */
import type { JobItem } from '../../../api/job-list-contract.ts';
import { FacetMenu } from '../../parts/facet-menu.tsx';
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';
import { Button } from '../../parts/button.tsx';
import { Loaded } from '../../parts/panel.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { countText } from '../../parts/data/format.ts';
import { Rows } from '../../parts/data/rows.tsx';
import { useUrlState } from '../../state/url.ts';
import { columns } from './columns.tsx';
import { facets, filterOf, useJobs } from './use-jobs.ts';
import './jobs.css';

const nameOf = ({ name }: JobItem): string => name;
const hrefOf = ({ name }: JobItem): string => `/jobs/${name}`;

export default function JobsPage() {
  const url = useUrlState();
  const filter = filterOf(url.get);
  const jobs = useJobs(filter);
  const { data } = jobs.list;
  const first = data?.pages[0];
  const isFiltered = Object.values(filter).some((value) => value !== '');
  const clear = (): void => url.set(Object.fromEntries(Object.keys(filter).map((name) => [name, null])));
  return (
    <Page title="Jobs" about={first && <span className="muted">{countText(first.total)}</span>}>
      <div className="toolbar">
        <SearchField
          label="Search in names, owners, releases and labels"
          value={url.get('q')}
          onChange={(q) => url.set({ q })}
        />
        {facets.map(({ name, facet, title }) => (
          <FacetMenu
            key={name}
            title={title}
            counts={first?.facets?.[facet] ?? {}}
            chosen={url.list(name)}
            onChange={(chosen) => url.set({ [name]: chosen.join(',') })}
          />
        ))}
        {isFiltered && (
          <Button look="quiet" onClick={clear}>
            Clear
          </Button>
        )}
      </div>
      <Loaded query={jobs.list} rows={12}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0) return isFiltered ? <NoMatch onClear={clear} /> : <NoJobs />;
          return (
            <Rows
              label="Jobs"
              columns={columns}
              items={items}
              nameOf={nameOf}
              hrefOf={hrefOf}
              total={pages[0]?.total ?? items.length}
              onEnd={jobs.more}
              sort={url.get('sort') || 'name'}
              onSort={(sort) => url.set({ sort: sort === 'name' ? null : sort })}
            />
          );
        }}
      </Loaded>
    </Page>
  );
}

const NoJobs = () => (
  <Empty title="No job was ever deployed.">
    <p>
      Publish a release, then deploy it: <code>sluice publish --release clicks/1.0.0 …</code>
    </p>
  </Empty>
);

const NoMatch = ({ onClear }: { readonly onClear: () => void }) => (
  <Empty title="No job matches.">
    <Button onClick={onClear}>Clear the filters</Button>
  </Empty>
);
