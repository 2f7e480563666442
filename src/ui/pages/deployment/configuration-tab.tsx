/** The effective configuration of Flink, each option with the layer that decided it. */
import type { ConfigurationBody } from '../../../api/deployment-contract.ts';
import type { Deployment } from '../../../domain/deployment/deployment.ts';
import { HIDDEN } from '../../../domain/secrets/redact.ts';
import { useRead } from '../../api/use-read.ts';
import { Button } from '../../parts/button.tsx';
import { CopyButton } from '../../parts/copy.tsx';
import { DownloadButton } from '../../parts/download.tsx';
import { FacetMenu } from '../../parts/facet-menu.tsx';
import { Loaded } from '../../parts/panel.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { Empty } from '../../parts/states.tsx';
import { useUrlState } from '../../state/url.ts';

type Entry = ConfigurationBody['entries'][number];

export function ConfigurationTab({ deployment: { job, number } }: { readonly deployment: Deployment }) {
  const params = { job, number: String(number) };
  const query = useRead('/jobs/{job}/deployments/{number}/configuration', { params });
  return (
    <Loaded query={query} rows={10}>
      {({ entries }) => <Entries entries={entries} name={`${job}-${number}-configuration.yaml`} />}
    </Loaded>
  );
}

function Entries({ entries, name }: { readonly entries: readonly Entry[]; readonly name: string }) {
  const url = useUrlState();
  const origins = url.list('origin');
  const found = entries.filter((entry) => isFound(entry, url.get('q'), origins));
  const text = found.map(({ key, value }) => `${key}: ${value}\n`).join('');
  return (
    <>
      <div className="toolbar">
        <SearchField
          label="Search in options and values"
          placeholder="Option or value"
          value={url.get('q')}
          onChange={(q) => url.set({ q })}
        />
        <FacetMenu
          title="Origin"
          counts={countsOf(entries)}
          chosen={origins}
          onChange={(chosen) => url.set({ origin: chosen.join(',') })}
        />
        <span className="muted number">
          {found.length === entries.length
            ? `${entries.length} options`
            : `${found.length} of ${entries.length} options`}
        </span>
        <CopyButton text={text} of="configuration" />
        <DownloadButton name={name} text={text} of="configuration" />
      </div>
      {found.length === 0 ? (
        <Empty title="No option matches.">
          <Button onClick={() => url.set({ q: null, origin: null })}>Clear the filters</Button>
        </Empty>
      ) : (
        <Table entries={found} />
      )}
    </>
  );
}

const Table = ({ entries }: { readonly entries: readonly Entry[] }) => (
  <table className="table stacks configuration">
    <thead>
      <tr>
        <th scope="col">Option</th>
        <th scope="col">Value</th>
        <th scope="col">Origin</th>
      </tr>
    </thead>
    <tbody>
      {entries.map(({ key, value, origin }) => (
        <tr key={key}>
          <th scope="row">
            <code>{key}</code>
          </th>
          <td>{value === HIDDEN ? <i>hidden</i> : <code>{value}</code>}</td>
          <td className={origin === 'hotfix' ? 'tone-warn' : 'muted'}>{origin}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

function isFound({ key, value, origin }: Entry, q: string, origins: readonly string[]): boolean {
  const wanted = q.trim().toLowerCase();
  const isOf = origins.length === 0 || origins.includes(origin);
  return isOf && (key.toLowerCase().includes(wanted) || value.toLowerCase().includes(wanted));
}

function countsOf(entries: readonly Entry[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { origin } of entries) counts[origin] = (counts[origin] ?? 0) + 1;
  return counts;
}
