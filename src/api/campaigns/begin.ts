/** Begins campaigns, for the route of campaigns and for drains. */
import { randomUUID } from 'node:crypto';
import { newCampaign } from '../../domain/campaign/memory.ts';
import { fingerprintOfCampaign, type CampaignRequest } from '../../domain/campaign/request.ts';
import { campaignViewOf, type CampaignView } from '../../domain/campaign/view.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { CampaignBody, type CampaignPlanBody } from '../campaign-contract.ts';
import { API_PREFIX } from '../contract.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { Problem } from '../http/problem.ts';
import type { Answer, Call } from '../http/route.ts';
import { planCampaign } from './plan.ts';
import { shownTo } from './shown.ts';

export const startedAnswers = {
  202: {
    description: 'It has begun; follow it at its Location',
    schema: CampaignBody,
    headers: { Location: 'Path of the campaign' },
  },
} as const;

export const startProblems = ['OperationIdReused', 'RecordInvalid', 'ReleaseInvalid', 'TemporalUnavailable'] as const;

export const startedAnswer = ({ campaign }: CampaignBody): Answer => ({
  status: 202,
  body: { campaign },
  headers: { Location: `${API_PREFIX}/campaigns/${campaign.id}` },
});

/** Refuses a campaign as `beginCampaign` would, and changes nothing. @throws as that. */
export async function checkCampaign(
  dependencies: RouteDependencies,
  call: Call,
  request: CampaignRequest,
): Promise<void> {
  const before = request.id === undefined ? null : await dependencies.campaigns.view(request.id);
  if (before) unlessReused(before, request);
  else
    await planCampaign(dependencies, call, { id: request.id ?? request.kind, request, at: new Date().toISOString() });
}

/** Begins a campaign. @returns its plan alone for a dry run, and where no job can be asked: then nothing has begun. */
export async function beginCampaign(
  dependencies: RouteDependencies,
  call: Call,
  request: CampaignRequest,
): Promise<CampaignBody | { readonly plan: CampaignPlanBody }> {
  const at = new Date().toISOString();
  const id = request.id ?? `${request.kind}-${at.slice(0, 10).replaceAll('-', '')}-${randomUUID().slice(0, 6)}`;
  const { campaigns, jobs } = dependencies;
  const shown = async (view: CampaignView): Promise<CampaignBody> => ({
    campaign: shownTo(call, view, await jobs.index()),
  });
  // A request that is repeated answers with its campaign, which may have changed the jobs already.
  const before = request.id === undefined || request.dryRun ? null : await campaigns.view(id);
  if (before) return await shown(unlessReused(before, request));
  const { plan, body } = await planCampaign(dependencies, call, { id, request, at });
  if (request.dryRun || plan.jobs.length === 0) return { plan: body };
  const memory = newCampaign(plan);
  if (memory === null) throw new SluiceError('Internal', `the plan of campaign ${id} is none`);
  if ((await campaigns.start(plan)) === 'started') return await shown(campaignViewOf(memory));
  const other = await campaigns.view(id);
  if (other) return await shown(unlessReused(other, request));
  throw new Problem('OperationIdReused', `Id ${id} was used for a campaign of which nothing can be shown any more`);
}

function unlessReused(view: CampaignView, request: CampaignRequest): CampaignView {
  if (view.fingerprint === fingerprintOfCampaign(request)) return view;
  throw new Problem('OperationIdReused', `Id ${view.id} was used for another campaign of ${view.by}`);
}
