/** The effective configuration of the deployment that runs, or ran last: each option with the layer that decided it. */
import { Link } from 'wouter';
import { useUrlState } from '../../../state/url.ts';
import type { ConfigurationBody } from '../../../../api/deployment-contract.ts';
import type { z } from 'zod';
import { useRead } from '../../../api/use-read.ts';
import { CopyButton } from '../../../parts/copy.tsx';
import { Table } from '../../../parts/data/table.tsx';
import { FacetMenu } from '../../../parts/facet-menu.tsx';
import { Loaded, Panel } from '../../../parts/panel.tsx';
import { SearchField } from '../../../parts/search-field.tsx';
import { Empty } from '../../../parts/states.tsx';
import type { TabProps } from '../tabs.tsx';

type Entry = z.infer<typeof ConfigurationBody>['entries'][number];

export default function ConfigurationTab({ job: name }: TabProps) {
  const job = useRead('/jobs/{job}', { params: { job: name } });
  return (
    <Loaded query={{ ...job, error: null }}>
      {({ deployment }) =>
        deployment === null ? (
          <Empty title="Nothing was started yet." />
        ) : (
          <Configuration job={name} number={deployment.number} />
        )
      }
    </Loaded>
  );
}

function Configuration({ job, number }: { readonly job: string; readonly number: number }) {
  const query = useRead('/jobs/{job}/deployments/{number}/configuration', { params: { job, number: String(number) } });
  const aside = <Link href={`/jobs/${job}/deployments/${number}`}>Deployment #{number}</Link>;
  return (
    <Panel title="Effective configuration" aside={aside}>
      <Loaded query={query} rows={10}>
        {({ entries }) => <Entries entries={entries} />}
      </Loaded>
    </Panel>
  );
}

function Entries({ entries }: { readonly entries: readonly Entry[] }) {
  const url = useUrlState();
  const origins = url.list('origin');
  const words = url.get('q').toLowerCase();
  const counts: Record<string, number> = {};
  for (const { origin } of entries) counts[origin] = (counts[origin] ?? 0) + 1;
  const shown = entries.filter(
    ({ key, value, origin }) =>
      (origins.length === 0 || origins.includes(origin)) && `${key}: ${value}`.toLowerCase().includes(words),
  );
  return (
    <>
      <div className="toolbar">
        <SearchField
          label="Search in keys and values"
          placeholder="Key or value  ( / )"
          value={url.get('q')}
          onChange={(q) => url.set({ q })}
        />
        <FacetMenu
          title="Origin"
          counts={counts}
          chosen={origins}
          onChange={(chosen) => url.set({ origin: chosen.join(',') })}
        />
        <CopyButton text={shown.map(({ key, value }) => `${key}: ${value}`).join('\n')} of="configuration" />
      </div>
      <Table label="Effective configuration" head={['Key', 'Value', 'Origin']}>
        {shown.map(({ key, value, origin }) => (
          <tr key={key}>
            <td>
              <code>{key}</code>
            </td>
            <td>
              <code>{value}</code>
            </td>
            <td>{origin}</td>
          </tr>
        ))}
      </Table>
    </>
  );
}
