/**
 * Promise 14: once all is quiet, the state of the job, its records, its fence and what lives on YARN say the same, and
 * nothing is left half done.
 */
import { isTerminal } from '../../../src/clients/yarn/replies.ts';
import type { Deployment } from '../../../src/domain/deployment/deployment.ts';
import {
  claimsPrefix,
  deploymentKey,
  fenceKey,
  startOfStagedKey,
  STAGING_ROOT,
} from '../../../src/domain/identity/storage-keys.ts';
import { identityOfTags, launchOfTags } from '../../../src/domain/identity/yarn-tags.ts';
import { watchIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import type { JobView } from '../../../src/domain/job/job-memory.ts';
import { Claim, unclosed, type Fence } from '../../../src/domain/lock/fence.ts';
import { parseRecord } from '../../../src/records/record.ts';
import { isLeftToPeople } from '../deploy-at-last.ts';
import type { Stage } from '../stage.ts';
import { viewIn } from './records.ts';
import type { Recorded } from '../truth.ts';
import { isStartOf } from './start.ts';
import { kinds, type Story, type Tell } from './story.ts';

/**
 * The applications of the job that live: its instances, and on YARN also launchers. An instance that was given up counts
 * once its cluster answers again and is watched.
 */
function alive(stage: Stage, job: string, isWatched: boolean): readonly string[] {
  const { world, truth } = stage;
  const onYarn = [...world.clusters.values()]
    .flatMap(({ applications }) => [...applications.values()])
    .filter(
      ({ state, tags }) => !isTerminal(state) && (identityOfTags(tags).job === job || launchOfTags(tags) !== null),
    )
    .map(({ id }) => id);
  const mayGivenUpLive = !isWatched || isLeftToPeople(stage);
  const givenUp = truth.instances.flatMap((one) => (one.givenUpAt === null ? [] : one.application));
  const all = [...new Set([...truth.live(job).map(({ application }) => application), ...onYarn])];
  return mayGivenUpLive ? all.filter((id) => !givenUp.includes(id)) : all;
}

export function agreesAtRest(stage: Stage, story: Story, tell: Tell): void {
  const { sluices, world } = stage;
  const { job, interruptions } = story;
  const [sluice, ...others] = sluices;
  // Another Sluice that acted, and the runs before a reset, are noticed with the next operation.
  if (!sluice || others.length > 0 || interruptions.some(({ how }) => how === 'reset')) return;
  const [name, temporal] = sluice;
  const view = viewIn(temporal, job);
  if (!view || view.operation !== null) return;
  const stored = world.json(fenceKey(job));
  const fence = stored === null ? null : parseRecord(fenceKey(job), JSON.stringify(stored), 'fence');
  const say = (what: string): void => tell(14, `${name} calls ${job} ${view.state} at rest, and ${what}`);
  const isWatched = [...world.clusters.keys()].every(
    (cluster) => temporal.runs(watchIdOf(cluster)).at(-1)?.isOpen === true,
  );
  livesAsSaid(stage, view, isWatched, say);
  isRecordedAsSaid(stage, view, say);
  runsAsWideAsSaid(stage, view, say);
  if (fence) fenceIsAsSaid(stage, fence, view, say);
  nothingIsHalfDone(stage, story, fence, say);
  isWished(story, view, say);
}

type Say = (what: string) => void;

function livesAsSaid(stage: Stage, view: JobView, isWatched: boolean, say: Say): void {
  const { name: job, state, deployment, pendingStop } = view;
  const running = alive(stage, job, isWatched);
  const own = deployment?.applicationId ?? 'nothing';
  if (pendingStop !== null && state !== 'unreachable') say(`a stop of ${pendingStop.operationId} is still pending`);
  switch (state) {
    case 'running': {
      const others = running.filter((id) => id !== own);
      // An end that Sluice has not brought about is seen by a watcher, or else by the next operation.
      const hasEndedUnseen =
        !isWatched &&
        stage.truth.instances.some(({ application, ended }) => application === own && ended?.how === 'other');
      if (!running.includes(own) && !hasEndedUnseen) say(`${own} does not run`);
      if (others.length > 0) say(`${others.join()} runs beside ${own}`);
      return;
    }
    case 'unreachable':
      if (!isLeftToPeople(stage)) say('everything answers');
      return;
    case 'new':
    case 'stopped':
    case 'finished':
    case 'failed':
    case 'deploying':
      if (running.length > 0) say(`${running.join()} runs`);
  }
}

function isRecordedAsSaid({ world }: Stage, { deployment, state }: JobView, say: Say): void {
  if (!deployment || state === 'unreachable') return;
  const record = world.json(deploymentKey(deployment.job, deployment.number)) as Deployment | null; // Sluice wrote it
  if (record === null) {
    say(`deployment ${deployment.number} has no record`);
    return;
  }
  const [told, written] = [deployment.ended?.how ?? 'running', record.ended?.how ?? 'running'];
  if (told !== written) say(`deployment ${deployment.number} is ${told}, and ${written} by its record`);
  if (record.startKey !== deployment.startKey) say(`the record of deployment ${deployment.number} is of another start`);
}

/** Flink requires the parallelism that the next start would have, as the memory and the record say it. */
function runsAsWideAsSaid({ world }: Stage, { deployment, state, name }: JobView, say: Say): void {
  if (!deployment || state !== 'running') return;
  const { number, parallelism, applicationId, rescaling, adopted } = deployment;
  const record = world.json(deploymentKey(name, number)) as Deployment | null; // Sluice wrote it
  if (rescaling) say(`the rescaling by ${rescaling.operation} is still open`);
  if (record?.rescaling) say(`by its record the rescaling by ${record.rescaling.operation} is still open`);
  if (record && record.parallelism !== parallelism)
    say(`deployment ${number} has parallelism ${parallelism}, and ${record.parallelism} by its record`);
  const application = world.live(name).find(({ id }) => id === applicationId);
  const job = [...(application?.flink?.jobs.values() ?? [])][0];
  // The parallelism of an adopted instance was its former owner's choice.
  const required = adopted ? parallelism : (job?.required?.most ?? job?.parallelism ?? parallelism);
  if (required !== parallelism)
    say(`deployment ${number} has parallelism ${parallelism}, and Flink requires ${required}`);
}

function fenceIsAsSaid({ truth }: Stage, fence: Fence, { state, deployment, project }: JobView, say: Say): void {
  // A start that could not be given back was never submitted, and the next one closes it.
  const isTold = (startKey: string): boolean =>
    truth.audit.some(({ record }) =>
      record.warnings.some((one) => one.startsWith(`start ${startKey} was not given back`)),
    );
  const open = unclosed(fence)
    .map(({ startKey }) => startKey)
    .filter((startKey) => !isTold(startKey));
  const lives = state === 'running' || state === 'unreachable';
  if (lives && !open.includes(deployment?.startKey ?? '')) say(`the fence has its start as closed`);
  const owner = fence.ownership?.project ?? null;
  if (owner !== null && project !== null && owner !== project)
    say(`shows it as one of project ${project}, and its fence of ${owner}`);
  const others = open.filter((startKey) => !lives || startKey !== deployment?.startKey);
  if (others.length > 0) say(`the fence has open starts: ${others.join()}`);
}

function nothingIsHalfDone({ world, truth }: Stage, { job }: Story, fence: Fence | null, say: Say): void {
  const open = new Set(fence ? unclosed(fence).map(({ flinkJobId }) => flinkJobId) : []);
  for (const key of world.keys(`${STAGING_ROOT}${job}/`)) {
    const { flinkJobId = '' } = startOfStagedKey(key) ?? {};
    if (!open.has(flinkJobId)) say(`${key} is left of a closed start`);
  }
  for (const key of world.keys(claimsPrefix(job))) {
    const claim = Claim.parse(world.json(key));
    const isRecorded = truth.audit.some(({ record }) => record.id === claim.id);
    if (isRecorded && claim.ended === null) say(`${claim.id} is recorded, and its claim is open`);
  }
}

/** A job is stopped only where somebody asked for that, or cancelled a start. */
function isWished({ asked, cancels }: Story, { state }: JobView, say: Say): void {
  const wasAsked = cancels > 0 || asked.some(({ kind }) => kind === 'stop' || kind === 'kill');
  if (state === 'stopped' && !wasAsked) say('nobody asked for that');
}

/** Promise 14: the record of an operation tells truly what runs the moment it ends. */
export function outcomeIsTrue({ truth, world }: Stage, { record, at, live }: Recorded, tell: Tell): void {
  const { id, kind, outcome, error, acceptedAt, endedAt, savepoint } = record;
  // A record that waited for S3 tells of a moment long past.
  if (endedAt === null || at - Date.parse(endedAt) > 1_000) return;
  const began = Date.parse(acceptedAt);
  // Another Sluice may have started one of its own meanwhile.
  const own = live.filter(
    (instance) => instance.givenUpAt === null && (instance.submittedAt < began || isStartOf(instance, id)),
  );
  const say = (what: string): void => tell(14, `${kind} ${id} is recorded as ${outcome ?? ''}, and ${what}`);
  const names = own.map(({ application }) => application).join();
  if (error?.runsNow?.startsWith('nothing runs') === true && own.length > 0)
    say(`tells of nothing while ${names} runs`);
  if (outcome !== 'succeeded') return;
  if (kinds[kind].starts) {
    const inPlace = record.how === 'rescaled';
    const hasEnded = truth.instances.some((one) => (inPlace || isStartOf(one, id)) && one.ended?.how === 'other');
    if (!hasEnded && !live.some((one) => inPlace || isStartOf(one, id))) say('nothing of it runs');
  }
  if ((kind === 'stop' || kind === 'kill') && own.length > 0) say(`${names} runs`);
  if (savepoint !== null && !world.s3.objects.has(`${savepoint.replace(/^s3:\/\/[^/]+\//, '')}/_metadata`))
    say(`its savepoint ${savepoint} is not there`);
}
