/** Shows campaigns and their plans to people. */
import type { CampaignItem, CampaignListItem, CampaignPlanBody } from '../../api/campaign-contract.ts';
import {
  campaignActs,
  campaignKinds,
  campaignStates,
  isOver,
  type CampaignActName,
} from '../../domain/campaign/kinds.ts';
import { exitCodes } from '../failures.ts';
import type { Output } from '../output.ts';
import { age, orDash, time } from '../show.ts';

export function showPlan(out: Output, { kind, selector, jobs, leftOut, ...limits }: CampaignPlanBody): void {
  const { bold, yellow } = out.colors;
  out.line(`${bold(`plan: ${kind} of ${jobs.length} ${jobs.length === 1 ? 'job' : 'jobs'}`)} (${selector})`);
  out.line(campaignKinds[kind].meaning);
  out.line(limitsInWords(limits));
  if (jobs.length > 0) {
    out.line();
    out.table(
      ['JOB', 'CANARY', 'CLUSTER', 'RUNS', 'WILL'],
      jobs.map((one) => [
        ...[one.job, one.isCanary ? 'yes' : '', orDash(one.cluster), orDash(one.runs)],
        one.release === null ? (one.to === null ? kind : `move to ${one.to}`) : `deploy ${one.release}`,
      ]),
    );
  }
  if (leftOut.length > 0) out.line();
  for (const { job, why } of leftOut) out.line(yellow(`left out: ${job}: ${why}`));
}

const limitsInWords = ({
  maxParallel,
  canaries,
  stopAfter,
}: Pick<CampaignPlanBody, 'maxParallel' | 'canaries' | 'stopAfter'>): string =>
  [
    canaries === 0 ? null : `${canaries} ${canaries === 1 ? 'canary' : 'canaries'} first`,
    `${maxParallel} at a time`,
    `stops after ${stopAfter} ${stopAfter === 1 ? 'failure' : 'failures'}`,
  ]
    .filter((part) => part !== null)
    .join(', ');

export function showList(out: Output, campaigns: readonly CampaignListItem[]): void {
  out.table(
    ['ID', 'KIND', 'STATE', 'DONE', 'FAILED', 'SKIPPED', 'BEGAN', 'BY', 'JOBS'],
    campaigns.map(({ id, kind, state, counts, at, by, selector }) => [
      ...[id, kind, state, `${counts.succeeded} of ${counts.total}`, String(counts.failed), String(counts.skipped)],
      ...[`${age(at)} ago`, by, orDash(selector)],
    ]),
    { cutLast: true },
  );
}

export function showCampaign(out: Output, campaign: CampaignItem): void {
  const { id, kind, state, by, at, reason, selector, why, counts, jobs, leftOut, leftOutBeyond, hidden, history } =
    campaign;
  const { bold, green, red, yellow, dim } = out.colors;
  const paint = state === 'succeeded' ? green : state === 'failed' ? red : isOver(state) ? yellow : bold;
  out.line(`${bold(id)}: ${kind} is ${paint(state)}: ${campaignStates[state]}`);
  out.fields([
    ['began', `${time(at)} by ${by}`],
    ['reason', reason],
    ['jobs', selector],
    ['limits', limitsInWords(campaign)],
    ['why', why],
    [
      'done',
      `${counts.succeeded} of ${counts.total} succeeded, ${counts.failed} failed, ${counts.skipped} skipped, ${counts.underWay} under way, ${counts.waiting + counts.notStarted} not asked`,
    ],
  ]);
  out.line();
  out.table(
    ['JOB', 'STATE', 'SINCE', 'OPERATION', 'WHY'],
    jobs.map((one) => [
      ...[one.job, one.isCanary ? `${one.state} (canary)` : one.state, age(one.at), orDash(one.operation)],
      [one.code, one.why, one.retryAt === null ? null : `asked again at ${time(one.retryAt)}`]
        .filter((part) => part !== null)
        .join(': '),
    ]),
    { cutLast: true },
  );
  if (hidden > 0) out.line(dim(`and ${hidden} jobs that you may not see`));
  for (const { job, why: because } of leftOut) out.line(yellow(`left out: ${job}: ${because}`));
  if (leftOutBeyond > 0) out.line(yellow(`left out: ${leftOutBeyond} more`));
  out.line();
  for (const act of history) {
    const what = campaignActs[act.what as CampaignActName] as string | undefined; // an act of a newer Sluice has no words here
    out.line(
      dim(
        `${time(act.at)}  ${what ?? act.what}${act.by === null ? '' : ` by ${act.by}`}${act.reason === null ? '' : `: ${act.reason}`}`,
      ),
    );
  }
}

/** The exit code of a campaign that was waited for. */
export const exitOfCampaign = ({ state }: Pick<CampaignItem, 'state'>): number =>
  state === 'succeeded' ? exitCodes.done : isOver(state) ? exitCodes.failed : exitCodes.stillGoing;
