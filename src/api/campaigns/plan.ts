/** Makes the plan of a campaign: selects the jobs, leaves out those that cannot be asked or that the caller may not ask, and orders the others. */
import { inTurns } from '../../concurrency/in-turns.ts';
import { ANY_JOB, subjectIn, type Subject } from '../../domain/access/decide.ts';
import { permissionsOf, type Permission } from '../../domain/access/permissions.ts';
import { campaignKinds, campaignLimits } from '../../domain/campaign/kinds.ts';
import { ordered } from '../../domain/campaign/order.ts';
import { MOST_LEFT_OUT, type CampaignPlan, type PlannedJob } from '../../domain/campaign/plan.ts';
import {
  fingerprintOfCampaign,
  selectorInWords,
  selects,
  type CampaignRequest,
} from '../../domain/campaign/request.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { clip } from '../../domain/values/clip.ts';
import type { CampaignPlanBody, LeftOutItem, PlannedJobItem } from '../campaign-contract.ts';
import type { RouteDependencies } from '../dependencies.ts';
import { Problem } from '../http/problem.ts';
import type { Call } from '../http/route.ts';
import type { JobItem } from '../job-list-contract.ts';
import { authorOf } from './author.ts';
import { targetsOf, type FindTarget } from './targets.ts';

type Parts = Pick<RouteDependencies, 'jobs' | 'records' | 'cordons' | 'instances' | 'declared' | 'newest'>;
type Asker = Pick<Call, 'caller' | 'may' | 'denial'>;

export interface PlannedCampaign {
  readonly plan: CampaignPlan;
  readonly body: CampaignPlanBody;
}

/** Time in which jobs tell what the list does not know of them yet. */
const COMPLETE_BUDGET_MS = 1_500;
const MOST_WHY = 200;
const MOST_SELECTOR = 500;

/** @throws Problem `InvalidRequest` for a selector or canaries that fit no plan. */
export async function planCampaign(
  parts: Parts,
  asker: Asker,
  { id, request, at }: { readonly id: string; readonly request: CampaignRequest; readonly at: string },
): Promise<PlannedCampaign> {
  const { kind, selector, maxParallel, stopAfter, release = null, to = null, stopWith = null } = request;
  const selected = await select(parts, asker, request);
  const findTarget = targetsOf(parts, request);
  const judged = await inTurns(selected, (item) => judge(asker, request, item, findTarget));
  const leftOut = [
    ...judged.flatMap(({ item, why }) => (why === null ? [] : [{ job: item.name, why: clip(why, MOST_WHY) }])),
    ...unknownNames(request, selected),
  ];
  const { jobs, canaries } = inOrder(
    judged.filter(({ why }) => why === null),
    request,
    leftOut,
  );
  const owners = new Owners();
  const words = clip(selectorInWords(selector), MOST_SELECTOR);
  const author = authorOf(asker.caller);
  const plan: CampaignPlan = {
    ...(author === null ? {} : { author }),
    ...{ version: 1, id, kind, by: asker.caller.name, at, reason: request.reason ?? null, selector: words },
    ...{ stopWith, to, release, maxParallel, canaries, stopAfter, fingerprint: fingerprintOfCampaign(request) },
    jobs: jobs.map(({ item, target, owner }): PlannedJob => ({
      job: item.name,
      ...(owner === null ? {} : { owner: owners.placeOf(owner) }),
      ...(target.release === undefined ? {} : { release: target.release }),
    })),
    owners: owners.all,
    signed: null,
    leftOut: leftOut.slice(0, MOST_LEFT_OUT),
    leftOutBeyond: Math.max(0, leftOut.length - MOST_LEFT_OUT),
  };
  const shown = jobs.map(({ item, target }, place): PlannedJobItem => ({
    ...{ job: item.name, isCanary: place < canaries, cluster: item.cluster, runs: item.release },
    ...{ release: target.release ?? null, to: target.to ?? null },
  }));
  return { plan, body: { kind, selector: words, maxParallel, canaries, stopAfter, jobs: shown, leftOut } };
}

/** Finds the jobs that fit and that the caller may see. */
async function select(
  { jobs, declared }: Parts,
  { may }: Asker,
  { selector }: CampaignRequest,
): Promise<readonly JobItem[]> {
  const seesAll = may('view', ANY_JOB);
  const visible = (await jobs.index()).filter((item) => seesAll || may('view', subjectIn(item)));
  const candidates = visible.filter((item) => selects({ ...selector, label: undefined }, item));
  // The list learns labels and deployments bit by bit, and a campaign must not overlook a job.
  await jobs.all.complete(
    candidates.map(({ name }) => name),
    COMPLETE_BUDGET_MS,
  );
  const told = candidates.map((item) => jobs.all.get(item.name) ?? item);
  const files = told.flatMap(({ deployment }) => deployment?.file ?? []);
  await declared.read(files);
  const labelled = told.map((item) => ({ ...item, labels: labelsOf(declared, item, selector.label !== undefined) }));
  const selected = labelled.filter((item) => selects(selector, item));
  if (selected.length <= campaignLimits.jobs) return selected;
  throw tooMany(selected.length, selector);
}

function tooMany(count: number, { cluster }: CampaignRequest['selector']): Problem {
  const [named = '<name>'] = cluster ?? [];
  return refused(
    'selector',
    `fits ${count} jobs; a campaign has at most ${campaignLimits.jobs}. Choose parts of them, such as the jobs of one team. A cluster is drained in parts by \`sluice cluster cordon ${named}\` and then \`sluice campaign start move --cluster ${named} --owner <team>\` for each`,
  );
}

/** @throws SluiceError `StorageUnavailable` where the labels decide and are not known. */
function labelsOf(
  declared: Parts['declared'],
  { name, labels, deployment }: JobItem,
  areNeeded: boolean,
): JobItem['labels'] {
  if (deployment === null) return labels;
  const known = declared.of(deployment.file);
  if (known === null && areNeeded)
    throw new SluiceError(
      'StorageUnavailable',
      `the deployment file of ${name} cannot be read, so its labels are not known`,
    );
  return known?.labels ?? labels;
}

interface Judged {
  readonly item: JobItem;
  readonly target: { readonly release?: string; readonly to?: string | null };
  /** The owner on whom the rights of the asker depend; null where they do not. */
  readonly owner: Subject | null;
  /** Why the job is left out; null where it is asked. */
  readonly why: string | null;
}

async function judge(asker: Asker, request: CampaignRequest, item: JobItem, findTarget: FindTarget): Promise<Judged> {
  const { operation, states } = campaignKinds[request.kind];
  const fields = { ...(request.stopWith === undefined ? {} : { stopWith: request.stopWith }) };
  const needed: readonly Permission[] = [
    'campaign',
    ...permissionsOf(operation, fields, { isForeign: false, isFirst: false }),
  ];
  const named: Subject = { job: item.name, environment: null, team: null };
  const owned = subjectIn(item);
  const lacking = needed.find((permission) => !asker.may(permission, named) && !asker.may(permission, owned));
  const without = { item, target: {}, owner: null };
  if (lacking !== undefined) return { ...without, why: asker.denial(lacking, item.name) };
  // A job that an operation holds is asked again until it is free.
  if (item.state !== 'deploying' && !(states as readonly string[]).includes(item.state))
    return { ...without, why: `it is ${item.state}: a campaign asks only jobs that are ${states.join(' or ')}` };
  const owner = needed.every((permission) => asker.may(permission, named)) ? null : owned;
  const target = await findTarget(item);
  return 'why' in target ? { ...without, why: target.why } : { item, target, owner, why: null };
}

/** Names that a person has typed and that are no job, so far as the caller may see. */
function unknownNames({ selector }: CampaignRequest, selected: readonly JobItem[]): LeftOutItem[] {
  const names = new Set(selected.map(({ name }) => name));
  return (selector.jobs ?? [])
    .filter((name) => !name.includes('*') && !names.has(name))
    .map((job) => ({ job, why: 'no such job fits the selector' }));
}

/** @throws Problem for a canary that would not be asked. */
function inOrder(
  judged: readonly Judged[],
  { canaries }: CampaignRequest,
  leftOut: readonly LeftOutItem[],
): { readonly jobs: readonly Judged[]; readonly canaries: number } {
  const byName = new Map(judged.map((one) => [one.item.name, one]));
  const order = ordered(
    judged.map(({ item }) => item),
    canaries,
  );
  const [unknown] = order.unknown;
  if (unknown !== undefined) {
    const why = leftOut.find(({ job }) => job === unknown)?.why ?? 'the selector does not fit it';
    throw refused('canaries', `names ${unknown}, which would not be asked: ${why}`);
  }
  return { jobs: order.jobs.flatMap(({ name }) => byName.get(name) ?? []), canaries: order.canaries };
}

export const refused = (path: string, message: string): Problem =>
  new Problem('InvalidRequest', `The campaign is wrong: ${path} ${message}`, { errors: [{ path, message }] });

/** The owners of the jobs, each once, so that thousands of jobs need little room. */
class Owners {
  readonly all: { environment: string | null; team: string | null }[] = [];
  readonly #places = new Map<string, number>();

  placeOf({ environment, team }: Subject): number {
    const key = JSON.stringify([environment, team]);
    const place = this.#places.get(key) ?? this.all.push({ environment, team }) - 1;
    this.#places.set(key, place);
    return place;
  }
}
