/** Begins a campaign, and watches it to its end. Ctrl-C stops the watching, never the campaign. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CampaignBody, CampaignItem, CampaignPlanBody } from '../../api/campaign-contract.ts';
import { isOver } from '../../domain/campaign/kinds.ts';
import { seg } from '../api-client.ts';
import { confirm } from '../confirm.ts';
import type { CliContext } from '../context.ts';
import { isSilence, UsageError } from '../failures.ts';
import { exitOfCampaign, showCampaign, showPlan } from './show-campaign.ts';

const EVERY_MS = 2_000;

export const readCampaign = async (context: CliContext, id: string): Promise<CampaignItem> =>
  ((await context.api().get(`/campaigns/${seg(id)}`)) as CampaignBody).campaign; // shape of the API

interface Beginning {
  /** The path of the route. */
  readonly path: string;
  readonly body: object;
  /** Names the kind in the id that is made. */
  readonly kind: string;
  readonly options: {
    readonly id?: string | undefined;
    readonly dryRun?: true | undefined;
    readonly yes?: true | undefined;
    readonly wait?: true | undefined;
    readonly timeout: number;
    readonly retryFor: number;
  };
}

/** Shows the plan, asks whether it is meant, and begins. The id is chosen here, so that a lost answer can be asked for again. */
export async function beginCampaign(context: CliContext, { path, body, kind, options }: Beginning): Promise<void> {
  const { out, ask, interrupted } = context;
  const { dryRun = false, yes = false, timeout, retryFor } = options;
  if (dryRun || !yes) {
    const plan = (await context.api().post(path, { ...body, dryRun: true })) as CampaignPlanBody; // shape of the API
    if (dryRun) {
      out.result(plan, () => showPlan(out, plan));
      return;
    }
    if (ask === null)
      throw new UsageError('there is no terminal to confirm on: give --yes, or --dry-run to see the plan');
    showPlan(out, plan);
    await confirm(ask, 'Begin?', 'nothing was begun');
  }
  const id = options.id ?? `${kind}-${randomUUID().slice(0, 8)}`;
  const begun = (await context.api().begin(
    path,
    { ...body, id },
    {
      retryForMs: retryFor,
      signal: interrupted,
      onRetry: (why) => out.note(`${why}\nAsking again with the same id ${id} …`),
    },
  )) as CampaignBody | CampaignPlanBody; // shapes of the API
  if (!('campaign' in begun)) {
    // A drain has cordoned its cluster, and no job on it can move.
    out.result(begun, () => showPlan(out, begun));
    return;
  }
  const { campaign } = begun;
  if (options.wait === true) {
    out.progress(
      `${out.colors.bold(`${campaign.kind} of ${campaign.counts.total} jobs`)} ${out.colors.dim(campaign.id)}`,
    );
    await watchCampaign(context, campaign.id, { timeoutMs: timeout });
    return;
  }
  out.result({ campaign }, () => {
    const { total } = campaign.counts;
    out.line(`Campaign ${campaign.id} has begun: ${campaign.kind} of ${total} ${total === 1 ? 'job' : 'jobs'}`);
    out.line(`Watch it: sluice campaign status ${campaign.id} --watch`);
  });
}

/** Shows a campaign until it is over, and sets the exit code by its end. */
export async function watchCampaign(
  context: CliContext,
  id: string,
  { timeoutMs = Infinity }: { readonly timeoutMs?: number } = {},
): Promise<void> {
  const { out, interrupted } = context;
  const until = Date.now() + timeoutMs;
  let before = '';
  for (;;) {
    const campaign = await readCampaign(context, id).catch((failure: unknown) => {
      if (isSilence(failure) && before !== '') return null;
      throw failure;
    });
    if (campaign !== null) {
      const isLast = isOver(campaign.state) || interrupted.aborted || Date.now() >= until;
      const text = JSON.stringify(campaign);
      if (out.format === 'json' ? isLast : text !== before || out.isTty) show(context, campaign);
      before = text;
      if (isLast) {
        context.exitCode = exitOfCampaign(campaign);
        if (!isOver(campaign.state))
          out.note(`The campaign goes on. Watch again: sluice campaign status ${id} --watch`);
        return;
      }
    }
    await sleep(EVERY_MS, undefined, { signal: interrupted }).catch(() => undefined);
  }
}

export function show({ out }: CliContext, campaign: CampaignItem): void {
  out.result({ campaign }, () => {
    out.clearScreen();
    showCampaign(out, campaign);
  });
}
