/** Routes of campaigns: one kind of operation over many jobs. */
import { z } from 'zod';
import { CampaignRequest } from '../../domain/campaign/request.ts';
import { campaignCommands, type CampaignCommand } from '../../domain/campaign/transitions.ts';
import type { CampaignView } from '../../domain/campaign/view.ts';
import {
  CampaignBody,
  CampaignCommandBody,
  CampaignCommandRequest,
  CampaignList,
  CampaignPlanBody,
} from '../campaign-contract.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { listed, shownTo, whyNotCommand } from '../campaigns/shown.ts';
import { beginCampaign, startedAnswer, startedAnswers, startProblems } from '../campaigns/begin.ts';
import { refused } from '../campaigns/plan.ts';
import { descending, pageOf, pageQuery, type PageRequest } from '../http/paging.ts';
import { quoted } from '../http/parse-call.ts';
import { invalidInput, Problem } from '../http/problem.ts';
import { ok, route, type Answer, type Call, type Route } from '../http/route.ts';

const COMMON = ['InvalidRequest', 'TemporalUnavailable'] as const;
const access = { permission: 'campaign', of: 'some' } as const;
const seen = { permission: 'viewPlatform', of: 'installation' } as const;

export const campaignRoutes = (dependencies: RouteDependencies): Route[] => [
  route({
    method: 'post',
    path: '/campaigns',
    operationId: 'startCampaign',
    access,
    about: 'campaign',
    tag: 'campaigns',
    summary: 'Ask many jobs for one kind of operation, or with `dryRun` only plan that',
    body: { schema: CampaignRequest },
    answers: { 200: { description: 'The plan, with `dryRun`', schema: CampaignPlanBody }, ...startedAnswers },
    problems: startProblems,
    handle: (call) => startCampaign(dependencies, call),
  }),
  listRoute(dependencies),
  route({
    method: 'get',
    path: '/campaigns/{campaign}',
    operationId: 'getCampaign',
    access: seen,
    tag: 'campaigns',
    summary: 'One campaign: its plan, what became of each job, and its history',
    answers: { 200: { description: 'The campaign', schema: CampaignBody } },
    problems: [...COMMON, 'NotFound'],
    async handle(call) {
      const view = await campaignIn(dependencies, call);
      return ok({ campaign: shownTo(call, view, await dependencies.jobs.index()) });
    },
  }),
  ...campaignCommands.map((command) => commandRoute(dependencies, command)),
];

const listRoute = ({ campaigns }: RouteDependencies): Route =>
  route({
    method: 'get',
    path: '/campaigns',
    operationId: 'listCampaigns',
    access: seen,
    tag: 'campaigns',
    summary: 'Campaigns, newest first, as long as Temporal remembers them',
    query: z.strictObject(pageQuery),
    answers: { 200: { description: 'Campaigns', schema: CampaignList } },
    problems: [...COMMON],
    async handle(call) {
      const items = (await campaigns.list()).map((digest) => listed(call, digest));
      const query: PageRequest = call.query;
      return ok(pageOf(items, ({ at, id }) => `${at} ${id}`, descending, query));
    },
  });

const summaries: Readonly<Record<CampaignCommand, string>> = {
  pause: 'Pause a campaign: it asks no further job, and what is under way goes on',
  resume: 'Resume a campaign that somebody paused',
  stop: 'Stop a campaign for good: it asks no further job, and what is under way goes on',
};

const commandRoute = (dependencies: RouteDependencies, command: CampaignCommand): Route =>
  route({
    method: 'post',
    path: `/campaigns/{campaign}/${command}`,
    operationId: `${command}Campaign`,
    access,
    tag: 'campaigns',
    summary: summaries[command],
    body: { schema: CampaignCommandRequest, optional: true },
    answers: { 200: { description: 'The campaign', schema: CampaignCommandBody } },
    problems: [...COMMON, 'NotFound', 'CampaignOver'],
    async handle(call) {
      const parsed = CampaignCommandRequest.safeParse(call.body ?? {});
      if (!parsed.success) throw invalidInput('InvalidRequest', `The ${command} is wrong`, parsed.error.issues);
      const view = await campaignIn(dependencies, call);
      const whyNot = whyNotCommand(call, view);
      if (whyNot !== null) throw new Problem('Forbidden', whyNot, { lacks: 'campaign' });
      const commander = { by: call.caller.name, reason: parsed.data.reason ?? null };
      return ok({ campaign: listed(call, await dependencies.campaigns.command(view.id, command, commander)) });
    },
  });

async function campaignIn(
  { campaigns }: RouteDependencies,
  { params: { campaign = '' } }: Pick<Call, 'params'>,
): Promise<CampaignView> {
  const view = await campaigns.view(campaign);
  if (view) return view;
  throw new Problem('NotFound', `There is no campaign ${quoted(campaign)}, or Temporal has forgotten it`);
}

async function startCampaign(dependencies: RouteDependencies, call: Call): Promise<Answer> {
  const parsed = CampaignRequest.safeParse(call.body);
  if (!parsed.success) throw invalidInput('InvalidRequest', 'The campaign is wrong', parsed.error.issues);
  const begun = await beginCampaign(dependencies, call, parsed.data);
  if ('campaign' in begun) return startedAnswer(begun);
  const { jobs, leftOut } = begun.plan;
  if (parsed.data.dryRun || jobs.length > 0) return ok(begun.plan);
  const [first] = leftOut;
  const why = first ? `; ${first.job}: ${first.why}` : '';
  throw refused('selector', `fits no job that can be asked${why}; \`dryRun\` lists all of them`);
}
