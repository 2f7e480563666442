/** The effective configuration of a deployment: each option of Flink with the layer that decided it. Search and filter are in the address. */
import type { ConfigurationBody } from '../../../api/deployment-contract.ts';
import { HIDDEN } from '../../../domain/secrets/redact.ts';
import { useRead } from '../../api/use-read.ts';
import { useUrlState } from '../../state/url.ts';
import { Button } from '../button.tsx';
import { CopyButton } from '../copy.tsx';
import { DownloadButton } from '../download.tsx';
import { ValueMenu } from '../facet-menu.tsx';
import { Loaded } from '../panel.tsx';
import { SearchField } from '../search-field.tsx';
import { Empty } from '../states.tsx';

type Entry = ConfigurationBody['entries'][number];

interface Which {
  readonly job: string;
  readonly number: number;
}

export function EffectiveConfiguration({ job, number }: Which) {
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
  const words = url.get('q').trim().toLowerCase();
  const found = entries.filter(
    ({ key, value, origin }) =>
      (origins.length === 0 || origins.includes(origin)) && `${key}: ${value}`.toLowerCase().includes(words),
  );
  const text = found.map(({ key, value }) => `${key}: ${value}\n`).join('');
  return (
    <>
      <div className="toolbar">
        <SearchField
          label="Search in keys and values"
          placeholder="Key or value  ( / )"
          value={url.get('q')}
          onChange={(q) => url.set({ q })}
        />
        <ValueMenu
          title="Origin"
          counts={countsOf(entries)}
          chosen={origins}
          onChange={(chosen) => url.set({ origin: chosen.join(',') })}
        />
        <span className="muted number">
          {found.length === entries.length ? entries.length : `${found.length} of ${entries.length}`} options
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
  <table className="table stacks" aria-label="Effective configuration">
    <thead>
      <tr>
        <th scope="col">Key</th>
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

function countsOf(entries: readonly Entry[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { origin } of entries) counts[origin] = (counts[origin] ?? 0) + 1;
  return counts;
}
