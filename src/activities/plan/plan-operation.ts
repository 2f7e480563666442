/** Plans an operation: runs its own checks and compares what it would start with what runs. Only reads. */
import { withoutCheckpoints } from '../../domain/deployment-file/job-type.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import type { RescaleAnswer } from '../../domain/deployment/rescale.ts';
import { fingerprintOf } from '../../domain/identity/fingerprint.ts';
import { rulesOf } from '../../domain/deployment-file/job-type.ts';
import { mayNotKnow, nothingToRecover, refusalByState } from '../../domain/job/admission.ts';
import { whyRestart } from '../../domain/job/rescale.ts';
import { fingerprintOfRequest } from '../../domain/operation/asked.ts';
import { recordLimits, type Request } from '../../domain/operation/operation.ts';
import { clip } from '../../domain/values/clip.ts';
import { formatDuration } from '../../domain/input/durations.ts';
import { riskOf } from '../../domain/lock/give-up.ts';
import type { Left } from '../../domain/lock/left.ts';
import { phasesOf, summaryOf } from '../../domain/plan/story.ts';
import { planRevision } from '../../domain/plan/revision.ts';
import type { Plan, PlanBasis, Sighting } from '../../domain/plan/plan.ts';
import {
  newFindings,
  passed,
  preflights,
  refused,
  type CheckResult,
  type Preflight,
} from '../../domain/plan/preflight.ts';
import { redact } from '../../domain/secrets/redact.ts';
import { boundOf, handedOver, type Recipient } from '../../domain/lock/ownership.ts';
import { fenceOnce, type FenceOnce } from '../../records/fences.ts';
import { toldByTheScheduler } from '../check/check-resources.ts';
import { lookAtStart } from '../check/check-start.ts';
import type { CheckInput, Looked } from '../check/checked.ts';
import type { Dependencies } from '../dependencies/dependencies.ts';
import { refuseWhileNotRunning } from '../instance/not-running-now.ts';
import { changesOf, inPlaceOnly } from './planned-changes.ts';
import { lookAtRescale } from '../rescale/look-at-rescale.ts';
import { createRestorePoints } from '../restore-points/restore-points.ts';

export interface PlanOperationInput {
  readonly job: string;
  readonly request: Request;
  readonly basis: PlanBasis;
  readonly seen: Sighting;
  /** Input of the operation's checks; null where the operation starts nothing, or cannot. */
  readonly check: CheckInput | null;
  readonly plannedAt: string;
}

export const createPlanOperation = (deps: Dependencies) => ({
  planOperation: (input: PlanOperationInput): Promise<Plan> => planOperation(deps, input),
});

async function planOperation(deps: Dependencies, input: PlanOperationInput): Promise<Plan> {
  const { job, request, basis, seen, check, plannedAt } = input;
  const { kind } = request;
  const readFence = fenceOnce(deps.s3, job);
  const looked =
    check &&
    (await lookAtStart(deps, check, {
      largestContainer: toldByTheScheduler,
      readFence,
      keep: nothing,
    }));
  const answer = await askedToRescale(deps, input);
  const isInPlace = answer?.how === 'rescaled';
  const stop = isInPlace ? null : stopOf(input, looked);
  const [goesDown, changes] = await Promise.all([
    lookAtStop(deps, stop, input, looked),
    looked?.source ? changesOf(deps, looked, seen.current).then((all) => (isInPlace ? inPlaceOnly(all) : all)) : null,
  ]);
  const restorePoint = isInPlace ? null : pointOf(looked, plannedAt);
  const handover = isInPlace ? null : (looked?.handover ?? null);
  const outline = {
    ...{ job, kind, changes, stop: stop && { ...stop, newestCheckpoint: goesDown.newest }, handover, restorePoint },
    ...(answer ? { how: answer.how } : {}),
    ...(answer?.how === 'restarted' ? { whyRestarted: answer.why } : {}),
  };
  const handed = request.kind === 'transfer' ? await lookAtTransfer(input, request, readFence) : null;
  const found = resultsOf(looked ?? newFindings()).filter(({ name }) => !isInPlace || ofRescaling.has(name));
  const told = [...found, ...goesDown.results, ...(handed?.results ?? [])];
  const checks = [stateCheck(input), ...inOrder(told)];
  const ok = checks.every((check) => check.ok);
  const back = looked?.source?.backTo ? { backTo: looked.source.backTo } : {};
  return {
    ...outline,
    ownership: handed?.ownership ?? looked?.ownership ?? null,
    moved: movedBefore(input, looked),
    foreignState: looked?.foreignState ?? null,
    ...back,
    ok,
    revision: planRevision(basis.revision, dependedOn(input, looked, answer)),
    plannedAt,
    summary: summaryOf({ ...outline, ...back, ok, state: seen.state, losesState: losesState(seen) }),
    state: seen.state,
    onFailedStart: isInPlace ? null : (looked?.plan?.onFailedStart ?? null),
    classArchive: isInPlace ? null : (looked?.plan?.classArchive ?? null),
    checks,
    warnings: [
      ...seen.warnings,
      ...(isInPlace ? answer.warnings : (looked?.warnings ?? [])),
      ...risksOf(input),
      ...notLookedAt(kind),
    ].map((text) => clip(redact(text), recordLimits.detail)),
    phases: phasesOf(outline),
  };
}

const nothing = (): Promise<void> => Promise.resolve();

/** Checks of a start that count for a change in place too. */
const ofRescaling: ReadonlySet<Preflight> = new Set(['release', 'configuration']);

/** Asks how a change of the hotfix would reach the job; null for other operations, and where it is refused. */
async function askedToRescale(
  deps: Dependencies,
  { request, seen, check }: PlanOperationInput,
): Promise<RescaleAnswer | null> {
  if (request.kind !== 'hotfix' && request.kind !== 'revertHotfix') return null;
  const change = check?.request.hotfix;
  if (!change || !seen.current) return null;
  const why = whyRestart(seen, request);
  return why === null ? lookAtRescale(deps, { deployment: seen.current, change }) : { how: 'restarted', why };
}

/** Everything beside the job's memory that another plan of the same request must find again. */
function dependedOn(
  { request, seen }: PlanOperationInput,
  looked: Looked | null,
  answer: RescaleAnswer | null,
): unknown {
  const { plan, source, restore, stopWith } = looked ?? {};
  const hotfix = source?.plan.hotfix;
  return {
    asked: fingerprintOfRequest(request.kind, request),
    state: seen.state,
    current: seen.current?.startKey ?? null,
    release: source
      ? [source.plan.release, fingerprintOf(source.text), source.plan.jar.sha256, source.plan.shipped]
      : null,
    hotfix: hotfix ? [hotfix.set, hotfix.unset] : null,
    cluster: source?.plan.cluster ?? null,
    launcher: plan?.launcher ?? null,
    stopWith: stopWith ?? null,
    restorePoint:
      restore === null || restore?.point === 'from-stop' ? (restore?.point ?? null) : (restore?.point?.path ?? null),
    ...(answer ? { how: answer.how } : {}),
  };
}

/** Whether the job would take the request: by its workflow's word, and by what the claim would find. */
function stateCheck({ job, request, basis, seen }: PlanOperationInput): CheckResult {
  const { refusal } = basis;
  const isAsHeard = basis.proven && seen.state === basis.state;
  // An unreachable job refuses at its door, whatever the look has found since: the job must have found it too.
  const isHeld = basis.proven && basis.state === 'unreachable';
  if (refusal && (isAsHeard || isHeld || refusal.code !== 'CommandNotAllowed'))
    return refused('state', refusal.code, refusal.detail);
  const { problem } = seen;
  const isDoubt = problem?.code === 'ClusterUnreachable' || problem?.code === 'ApplicationNotEnding';
  if (problem && !(mayNotKnow(request) && isDoubt)) return refused('state', problem.code, problem.detail);
  if (request.kind === 'recover' && seen.state === 'new')
    return refused('state', 'NothingToRecover', nothingToRecover(job));
  const hasRecorded = basis.hasRecorded ?? basis.proven;
  const bySight = isAsHeard
    ? null
    : refusalByState({ job, state: seen.state, stateReason: null, hasRecorded }, request);
  return bySight === null ? passed('state') : refused('state', bySight.code, bySight.detail);
}

type Stop = Omit<NonNullable<Plan['stop']>, 'newestCheckpoint'>;

/** How the running instance would be taken down; null where none runs, or it stays. */
function stopOf({ request, seen, check }: PlanOperationInput, looked: Looked | null): Stop | null {
  const { current, state } = seen;
  const mayRun = state === 'running' || (request.kind === 'kill' && state === 'unreachable');
  if (!current || !mayRun) return null;
  const { number: deployment, applicationId: application, cluster } = current;
  const of = (how: Stop['with'], drain = false): Stop => ({ with: how, drain, deployment, application, cluster });
  if (request.kind === 'kill') return of('none');
  if (request.kind === 'stop') return of(request.stopWith ?? rulesOf(current.jobType).stopWith, request.drain);
  // A drill leaves the instance to its lease.
  return check && !check.leaves && looked?.stopWith ? of(looked.stopWith) : null;
}

/** Looks at what a transfer would change, by the fence and the deployment that ran last. */
async function lookAtTransfer(
  { job, seen }: PlanOperationInput,
  to: Recipient,
  readFence: FenceOnce,
): Promise<{ readonly results: readonly CheckResult[]; readonly ownership: Plan['ownership'] }> {
  const findings = newFindings();
  const ownership = await findings.of('owner', async () => {
    const before = boundOf(await readFence(), seen.current);
    return { before, after: handedOver(job, before, to) };
  });
  return { results: resultsOf(findings), ownership };
}

interface GoesDown {
  readonly results: readonly CheckResult[];
  readonly newest: NonNullable<Plan['stop']>['newestCheckpoint'];
}

/** Looks at what the taking down would find out, where the operation's own checks have not. */
async function lookAtStop(
  deps: Dependencies,
  stop: Stop | null,
  { request, seen }: PlanOperationInput,
  looked: Looked | null,
): Promise<GoesDown> {
  const { current } = seen;
  const how = request.kind === 'savepoint' && seen.state === 'running' ? 'savepoint' : stop?.with;
  if (!current || how === undefined || looked?.looked.includes('stop')) return { results: [], newest: null };
  const findings = newFindings();
  const newest = await findings.of('stop', () => newestFor(deps, current, how, looked));
  return { results: resultsOf(findings), newest };
}

async function newestFor(
  deps: Dependencies,
  deployment: Deployment,
  how: Stop['with'],
  looked: Looked | null,
): Promise<GoesDown['newest']> {
  switch (how) {
    case 'none':
      return null;
    case 'savepoint':
      await refuseWhileNotRunning(deps, deployment);
      return null;
    case 'checkpoint': {
      const maxAgeMs = looked?.plan?.maxCheckpointAge ?? deployment.maxCheckpointAge;
      const { path, completedAt } = await createRestorePoints(deps).freshCheckpoint({ deployment, maxAgeMs });
      return { path, completedAt, ageMs: Math.max(0, Date.now() - Date.parse(completedAt)) };
    }
  }
}

function pointOf(looked: Looked | null, plannedAt: string): Plan['restorePoint'] {
  const point = looked?.restore?.point ?? null;
  if (point === null || point === 'from-stop') return point;
  const { completedAt } = point;
  return {
    ...point,
    ageMs: completedAt === null ? null : Math.max(0, Date.parse(plannedAt) - Date.parse(completedAt)),
  };
}

const resultsOf = ({ looked, problems }: Pick<Looked, 'looked' | 'problems'>): CheckResult[] =>
  looked.map((name) => {
    const problem = problems.find((one) => one.name === name);
    if (!problem) return passed(name);
    const { code, message } = problem.error;
    return refused(name, code, clip(redact(message), 2_000));
  });

const inOrder = (results: readonly CheckResult[]): CheckResult[] =>
  (Object.keys(preflights) as Preflight[]) // keys of a literal table
    .flatMap((name) => results.find((result) => result.name === name) ?? []);

const losesState = ({ current }: Sighting): boolean => current !== null && withoutCheckpoints(current) !== null;

/** The move that the start keeps; null where the operation itself moves the job. */
function movedBefore({ request }: PlanOperationInput, looked: Looked | null): Plan['moved'] {
  const moved = looked?.source?.plan.placed?.moved ?? null;
  return moved?.by === request.id ? null : moved;
}

/** Says what a kill would lose, and what would remain at risk once an instance is given up whose end cannot be confirmed. */
function risksOf({ request, seen: { state, current }, check }: PlanOperationInput): readonly string[] {
  if (check?.leaves) return [riskOfLeaving(check.leaves)];
  if (request.kind !== 'kill' || !current || current.ended) return [];
  const loses = withoutCheckpoints(current);
  const kill = loses === null ? [] : [loses];
  if (request.giveUp !== true || state !== 'unreachable') return kill;
  const { number: deployment, cluster, applicationId } = current;
  return [...kill, `to give up is to accept that ${riskOf({ deployment, cluster, applicationId })}`];
}

const notLookedAt = (kind: Request['kind']): readonly string[] =>
  kind === 'adopt' ? ['which application would be adopted is only looked for by the operation itself'] : [];

const riskOfLeaving = (left: Left): string =>
  left.deadAfterMs === null
    ? `to move the job is to accept that ${riskOf(left)}`
    : `the start waits ${formatDuration(left.deadAfterMs)}, until the lease of ${left.applicationId} on cluster ${left.cluster} is over`;
