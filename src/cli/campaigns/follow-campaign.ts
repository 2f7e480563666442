/** Begins a campaign, and watches it to its end. Ctrl-C stops the watching, never the campaign. */
import { randomUUID } from 'node:crypto';
import type { CampaignBody, CampaignItem, CampaignPlanBody } from '../../api/campaign-contract.ts';
import { isOver } from '../../domain/campaign/kinds.ts';
import { seg } from '../api-client.ts';
import { confirm } from '../confirm.ts';
import type { CliContext } from '../context.ts';
import { isSilence, isUnknown, UsageError } from '../failures.ts';
import { Following } from '../following.ts';
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

/** The end of `beginCampaign`: the campaign as last seen, or none where no job can be asked. */
export interface Begun {
  readonly campaign: CampaignItem | null;
  readonly leftOut: CampaignPlanBody['leftOut'];
}

/**
 * Shows the plan, asks whether it is meant, and begins. The id is chosen here, so that a lost answer can be asked for again.
 * @returns null for a plan alone.
 */
export async function beginCampaign(context: CliContext, beginning: Beginning): Promise<Begun | null> {
  const { out } = context;
  const { options } = beginning;
  if (!(await isMeant(context, beginning))) return null;
  const begun = await begin(context, beginning);
  if (!('campaign' in begun)) {
    // A drain has cordoned its cluster, and no job on it can move.
    out.result(begun, () => showPlan(out, begun));
    return { campaign: null, leftOut: begun.leftOut };
  }
  const { campaign } = begun;
  const { id, kind, counts } = campaign;
  if (options.wait === true) {
    out.progress(`${out.colors.bold(`${kind} of ${counts.total} jobs`)} ${out.colors.dim(id)}`);
    return asBegun(await watchCampaign(context, id, { timeoutMs: options.timeout, first: campaign }));
  }
  out.result({ campaign }, () => {
    const { total } = counts;
    out.line(`Campaign ${id} has begun: ${kind} of ${total} ${total === 1 ? 'job' : 'jobs'}`);
    out.line(`Watch it: ${watchCommand(id)}`);
  });
  return asBegun(campaign);
}

const asBegun = (campaign: CampaignItem): Begun => ({ campaign, leftOut: campaign.leftOut });

async function isMeant(context: CliContext, { path, body, options }: Beginning): Promise<boolean> {
  const { out, ask } = context;
  const { dryRun = false, yes = false } = options;
  if (!dryRun && yes) return true;
  const plan = (await context.api().post(path, { ...body, dryRun: true })) as CampaignPlanBody; // shape of the API
  if (dryRun) {
    out.result(plan, () => showPlan(out, plan));
    return false;
  }
  if (ask === null)
    throw new UsageError('there is no terminal to confirm on: give --yes, or --dry-run to see the plan');
  // Beside the result for programs, which is the campaign.
  showPlan(out.besideResult(), plan);
  await confirm(ask, 'Begin?', 'nothing was begun');
  return true;
}

async function begin(
  context: CliContext,
  { path, body, kind, options }: Beginning,
): Promise<CampaignBody | CampaignPlanBody> {
  const { out, interrupted } = context;
  const id = options.id ?? `${kind}-${randomUUID().slice(0, 8)}`;
  try {
    return (await context.api().begin(
      path,
      { ...body, id },
      {
        retryForMs: options.retryFor,
        signal: interrupted,
        onRetry: (why) => out.note(`${why}\nAsking again with the same id ${id} …`),
      },
    )) as CampaignBody | CampaignPlanBody; // shapes of the API
  } catch (failure) {
    if (isUnknown(failure)) out.note(`It is unknown whether the campaign has begun. Ask again with --id ${id}`);
    throw failure;
  }
}

const watchCommand = (id: string): string => `sluice campaign status ${id} --watch`;

interface Watching {
  readonly timeoutMs?: number;
  /** The campaign as it has begun. */
  readonly first?: CampaignItem;
}

/** Shows a campaign until it is over, and sets the exit code by its end. @returns it as last seen. */
export async function watchCampaign(
  context: CliContext,
  id: string,
  { timeoutMs = Infinity, first }: Watching = {},
): Promise<CampaignItem> {
  const { out } = context;
  const following = new Following(context, { what: 'campaign', again: watchCommand(id), timeoutMs });
  let campaign = first ?? (await readCampaign(context, id));
  let before = '';
  for (;;) {
    const text = JSON.stringify(campaign);
    const exit = isOver(campaign.state) ? exitOfCampaign(campaign) : following.gaveUp();
    if (out.format === 'json' ? exit !== null : text !== before || out.isTty) show(context, campaign);
    before = text;
    if (exit !== null) {
      context.exitCode = exit;
      return campaign;
    }
    await following.pause(EVERY_MS);
    try {
      campaign = await readCampaign(context, id);
      following.heard();
    } catch (failure) {
      if (!isSilence(failure)) throw failure;
    }
  }
}

export function show({ out }: CliContext, campaign: CampaignItem): void {
  out.result({ campaign }, () => {
    out.clearScreen();
    showCampaign(out, campaign);
  });
}
