/** A campaign: how far it has come, what became of each job, who did what, and the commands. */
import { useParams } from 'wouter';
import type { CampaignItem } from '../../../api/campaign-contract.ts';
import { campaignActs, campaignKinds, campaignStates, type CampaignActName } from '../../../domain/campaign/kinds.ts';
import { useRead } from '../../api/use-read.ts';
import { Badge } from '../../parts/data/badge.tsx';
import { Fact, Facts } from '../../parts/data/facts.tsx';
import { countText } from '../../parts/data/format.ts';
import { LeftOut, Table } from '../../parts/data/table.tsx';
import { Time } from '../../parts/data/time.tsx';
import { Page } from '../../parts/page.tsx';
import { Loaded, Panel } from '../../parts/panel.tsx';
import { Commands } from './commands.tsx';
import { JobLines } from './job-lines.tsx';
import { campaignSigns } from './signs.ts';
import './campaigns.css';

const EVERY_MS = 3_000;

export default function CampaignPage() {
  const { campaign: id } = useParams<{ campaign: string }>();
  const query = useRead('/campaigns/{campaign}', { params: { campaign: id } }, { everyMs: EVERY_MS });
  const campaign = query.data?.campaign;
  return (
    <Page
      title={id}
      trail={[['Campaigns', '/campaigns']]}
      about={campaign && <Badge {...campaignSigns[campaign.state]}>{campaign.state}</Badge>}
      actions={campaign && <Commands campaign={campaign} />}
    >
      <Loaded query={query} rows={8}>
        {({ campaign: shown }) => (
          <>
            <Panel title="Progress">
              <Progress campaign={shown} />
            </Panel>
            <Panel title="Jobs">
              <JobLines campaign={shown} />
            </Panel>
            {shown.leftOut.length > 0 && (
              <Panel title="Left out">
                <LeftOut label="Jobs that are left out" jobs={shown.leftOut} />
                {shown.leftOutBeyond > 0 && <p className="muted">{`and ${countText(shown.leftOutBeyond)} more`}</p>}
              </Panel>
            )}
            <Panel title="History">
              <History campaign={shown} />
            </Panel>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function Progress({ campaign }: { readonly campaign: CampaignItem }) {
  const { kind, state, counts, why, selector, reason, to, release, stopWith, by, at, endedAt } = campaign;
  const done = counts.succeeded + counts.failed + counts.skipped;
  return (
    <>
      <p className="progress">
        <progress aria-label="Jobs that are done" max={Math.max(1, counts.total)} value={done} />
        <span className="number">{countsText(counts)}</span>
      </p>
      <Facts>
        <Fact name="State">{campaignStates[state]}</Fact>
        <Fact name="Why">{why}</Fact>
        <Fact name="Asks for">
          {kind}: {campaignKinds[kind].meaning}
        </Fact>
        <Fact name="Cluster">{to}</Fact>
        <Fact name="Version">{release}</Fact>
        <Fact name="Stops with">{stopWith}</Fact>
        <Fact name="Limits">{limitsText(campaign)}</Fact>
        <Fact name="Jobs">{selector && <code>{selector}</code>}</Fact>
        <Fact name="Reason">{reason}</Fact>
        <Fact name="Began">
          <Time at={at} /> by {by}
        </Fact>
        <Fact name="Ended">{endedAt && <Time at={endedAt} />}</Fact>
      </Facts>
    </>
  );
}

function countsText({
  total,
  succeeded,
  failed,
  skipped,
  underWay,
  waiting,
  notStarted,
}: CampaignItem['counts']): string {
  const parts = [
    [failed, 'failed'],
    [skipped, 'skipped'],
    [underWay, 'under way'],
    [waiting, 'waiting'],
    [notStarted, 'not asked'],
  ] as const;
  const others = parts.flatMap(([count, word]) => (count === 0 ? [] : [`${countText(count)} ${word}`]));
  return [`${countText(succeeded)} of ${countText(total)} succeeded`, ...others].join(' · ');
}

const limitsText = ({ maxParallel, canaries, stopAfter }: CampaignItem): string =>
  [
    ...(canaries === 0 ? [] : [`${countText(canaries)} ${canaries === 1 ? 'canary' : 'canaries'} first`]),
    `${countText(maxParallel)} at a time`,
    `stops after ${countText(stopAfter)} ${stopAfter === 1 ? 'failure' : 'failures'}`,
  ].join(', ');

const History = ({ campaign: { history } }: { readonly campaign: CampaignItem }) => (
  <Table label="History of the campaign" head={['When', 'What', 'By', 'Reason']}>
    {history.map(({ what, at, by, reason }) => (
      <tr key={`${at} ${what}`}>
        <td>
          <Time at={at} as="moment" />
        </td>
        <td>{(campaignActs[what as CampaignActName] as string | undefined) ?? what}</td>
        <td>{by ?? 'the campaign itself'}</td>
        <td>{reason}</td>
      </tr>
    ))}
  </Table>
);
