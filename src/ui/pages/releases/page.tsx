/** All releases, newest first. A release that somebody publishes appears by itself. */
import { useMemo } from 'react';
import type { ReleaseItem } from '../../../api/contract.ts';
import { Button } from '../../parts/button.tsx';
import { Rows } from '../../parts/data/rows.tsx';
import { Page } from '../../parts/page.tsx';
import { Loaded } from '../../parts/panel.tsx';
import { PublishCommand } from '../../parts/publish-command.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { Empty } from '../../parts/states.tsx';
import { useUrlState } from '../../state/url.ts';
import { columnsOf } from './columns.tsx';
import { useReleases } from './use-releases.ts';
import './releases.css';

const nameOf = ({ name }: ReleaseItem): string => name;
const hrefOf = ({ project, version }: ReleaseItem): string => `/releases/${project}/${encodeURIComponent(version)}`;

export default function ReleasesPage() {
  const url = useUrlState();
  const [project, q] = [url.get('project'), url.get('q')];
  const { list, more, projects, isNew } = useReleases({ project, q });
  const columns = useMemo(() => columnsOf(isNew), [isNew]);
  const clear = (): void => url.set({ project: null, q: null });
  return (
    <Page title="Releases">
      <div className="toolbar">
        <SearchField
          label="Search in names, commits, builds and jobs"
          placeholder="Name, commit, build, job …  ( / )"
          value={q}
          onChange={(text) => url.set({ q: text })}
        />
        <ProjectSelect projects={projects} chosen={project} onChange={(one) => url.set({ project: one })} />
        {project + q !== '' && (
          <Button look="quiet" onClick={clear}>
            Clear
          </Button>
        )}
      </div>
      <Loaded query={list} rows={12}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          const bad = pages.flatMap((page) => page.unreadable);
          return (
            <>
              {bad.map(({ key, problem }) => (
                <p key={key} className="note tone-warn">
                  {`${key} cannot be read: ${problem}`}
                </p>
              ))}
              {items.length === 0 ? (
                <None isFiltered={project + q !== ''} onClear={clear} />
              ) : (
                <Rows
                  label="Releases"
                  columns={columns}
                  items={items}
                  nameOf={nameOf}
                  hrefOf={hrefOf}
                  total={items.length + (list.hasNextPage ? 1 : 0)}
                  onEnd={more}
                />
              )}
            </>
          );
        }}
      </Loaded>
    </Page>
  );
}

interface ProjectSelectProps {
  readonly projects: readonly string[];
  readonly chosen: string;
  readonly onChange: (project: string) => void;
}

const ProjectSelect = ({ projects, chosen, onChange }: ProjectSelectProps) => (
  <select aria-label="Project" value={chosen} onChange={({ target }) => onChange(target.value)}>
    <option value="">All projects</option>
    {projects.map((project) => (
      <option key={project}>{project}</option>
    ))}
  </select>
);

function None({ isFiltered, onClear }: { readonly isFiltered: boolean; readonly onClear: () => void }) {
  return isFiltered ? (
    <Empty title="No release matches.">
      <Button onClick={onClear}>Clear the filters</Button>
    </Empty>
  ) : (
    <Empty title="Nothing was published yet.">
      <p>
        A release appears here by itself: <PublishCommand />
      </p>
    </Empty>
  );
}
