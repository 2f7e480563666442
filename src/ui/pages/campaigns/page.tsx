/** All campaigns, newest first: what each does, how far it has come, and who began it. */
import { Link } from 'wouter';
import type { CampaignListItem } from '../../../api/campaign-contract.ts';
import { useRead } from '../../api/use-read.ts';
import { Badge } from '../../parts/data/badge.tsx';
import { countText } from '../../parts/data/format.ts';
import { Table } from '../../parts/data/table.tsx';
import { Time } from '../../parts/data/time.tsx';
import { Page } from '../../parts/page.tsx';
import { Loaded } from '../../parts/panel.tsx';
import { Empty } from '../../parts/states.tsx';
import { campaignSigns } from './signs.ts';
import './campaigns.css';

const EVERY_MS = 5_000;
const MOST = 200;
const HEAD = ['Campaign', 'State', 'Done', 'Jobs', 'By', 'Began', 'Ended'];

export default function CampaignsPage() {
  const query = useRead('/campaigns', { query: { limit: MOST } }, { everyMs: EVERY_MS });
  return (
    <Page title="Campaigns">
      <Loaded query={query} rows={8}>
        {({ items, nextCursor }) =>
          items.length === 0 ? (
            <Empty title="No campaign was ever begun.">
              <p>
                A campaign asks many jobs for one kind of operation:{' '}
                <code>sluice campaign start restart -l tier=1 --canaries 1 --max-parallel 5</code>
              </p>
            </Empty>
          ) : (
            <>
              <Table label="Campaigns" head={HEAD}>
                {items.map((campaign) => (
                  <Line key={campaign.id} campaign={campaign} />
                ))}
              </Table>
              {nextCursor !== null && (
                <p className="muted">
                  There are more: <code>sluice campaign list</code> pages through them.
                </p>
              )}
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

function Line({ campaign: { id, kind, state, counts, by, at, endedAt, reason, selector } }: LineProps) {
  return (
    <tr>
      <th scope="row">
        <Link href={`/campaigns/${id}`}>{id}</Link>
        <br />
        <span className="muted">{kind}</span>
      </th>
      <td>
        <Badge {...campaignSigns[state]}>{state}</Badge>
      </td>
      <td className="number">
        {`${countText(counts.succeeded)} of ${countText(counts.total)}`}
        {counts.failed > 0 && <span className="tone-bad">{` · ${countText(counts.failed)} failed`}</span>}
        {counts.skipped > 0 && <span className="tone-warn">{` · ${countText(counts.skipped)} skipped`}</span>}
      </td>
      <td>{selector === null ? '–' : <code>{selector}</code>}</td>
      <td>
        {by}
        {reason !== null && <p className="muted">“{reason}”</p>}
      </td>
      <td>
        <Time at={at} />
      </td>
      <td>
        <Time at={endedAt} />
      </td>
    </tr>
  );
}

interface LineProps {
  readonly campaign: CampaignListItem;
}
