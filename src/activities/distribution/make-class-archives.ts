/** Makes the class archives of a distribution on a cluster, by two throw-away applications: one writes them, the other proves them. */
import { Context, sleep } from '@temporalio/activity';
import type { S3Client, S3Head } from '../../clients/s3/s3-client.ts';
import { LIVE_STATES } from '../../clients/yarn/replies.ts';
import type {
  ClassArchives,
  DistributionRecord,
  RecordedObject,
  WarmUpInput,
} from '../../domain/distribution/distribution.ts';
import { withWarmUp } from '../../domain/distribution/distribution.ts';
import { errorTable, SluiceError } from '../../domain/errors/errors.ts';
import { classArchivesPrefix, warmUpPrefix } from '../../domain/identity/storage-keys.ts';
import { warmUpTagOf } from '../../domain/identity/yarn-tags.ts';
import { CLASS_PATH_SCRIPT, classPathScript, type JvmPart } from '../../launchers/class-path-script.ts';
import { located, type ArchivedFlink } from '../../launchers/distribution.ts';
import type { WarmUpStart } from '../../launchers/warm-up.ts';
import { changeDistribution } from '../../records/distributions/distributions.ts';
import { countOf, fingerprintOf, javaOf, parseAnswer, type Answer } from './warm-up-answer.ts';
import { takeOver } from './take-over.ts';
import { clusterOf, now, type Cluster, type Dependencies } from '../dependencies/dependencies.ts';

const parts = ['jm', 'tm'] as const satisfies readonly JvmPart[];

/** The JobManager loads some ten thousand classes; an archive of which a JVM takes fewer than these was refused. */
const FEWEST_CLASSES = 1_000;
/** A warm-up ends by itself after four minutes, and its queue may be busy. */
const ANSWER_WITHIN_MS = 300_000;
const DEAD_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 1_000;

export const createMakeClassArchives = (deps: Dependencies) => ({
  /** @throws SluiceError `WarmUpFailed` with what the JVMs or YARN say. */
  async makeClassArchives(input: WarmUpInput): Promise<ClassArchives> {
    const { s3 } = deps;
    const { id, flinkVersion, by, since } = input;
    const record = await changeDistribution(s3, flinkVersion, (before) =>
      withWarmUp(published(before, flinkVersion), input.cluster, {
        warmUp: { id, by, since, endedAt: null, error: null },
      }),
    );
    const distribution = await archiveOf(s3, record);
    // An attempt before this one may have left applications, which would write the same objects, and answers.
    await endApplications(deps, input);
    await removeBelow(s3, warmUpPrefix(id));
    const written = await dump(deps, input, { record, distribution });
    const archives = await keep(s3, input, written, distribution.etag);
    const classes = await check(deps, input, { record, distribution, archives });
    return {
      ...archives,
      jobManager: { ...archives.jobManager, classes: classes.jm },
      taskManager: { ...archives.taskManager, classes: classes.tm },
    };
  },

  /**
   * Notes how a warm-up ended, then ends what it has left on cluster and in S3. The record comes first, so that no leftover keeps the
   * warm-up running there for ever; the distribution may be retired by now.
   */
  async endWarmUp({ input, archives, error }: WarmUpEnd): Promise<void> {
    const { s3 } = deps;
    const { id, flinkVersion, cluster, by, since } = input;
    await changeDistribution(s3, flinkVersion, (before) =>
      withWarmUp(before ?? published(before, flinkVersion), cluster, {
        warmUp: { id, by, since, endedAt: now(), error },
        ...(archives === null ? {} : { archives }),
      }),
    );
    await asFarAsPossible(() => endApplications(deps, input));
    await asFarAsPossible(() => removeBelow(s3, warmUpPrefix(id)));
    if (archives === null) await asFarAsPossible(() => removeBelow(s3, classArchivesPrefix(flinkVersion, id)));
  },
});

export interface WarmUpEnd {
  readonly input: WarmUpInput;
  /** Null when it made none. */
  readonly archives: ClassArchives | null;
  readonly error: string | null;
}

const failed = (why: string): SluiceError => new SluiceError('WarmUpFailed', why);

function published(record: DistributionRecord | null, flinkVersion: string): DistributionRecord {
  if (record?.retired === null) return record;
  throw new SluiceError('UnknownFlinkVersion', `no distribution of Flink ${flinkVersion} is published`);
}

/** The archive of the distribution as it is now. @throws SluiceError `WarmUpFailed` when it is not what was published. */
async function archiveOf(s3: S3Client, { archive, flinkVersion }: DistributionRecord): Promise<RecordedObject> {
  if (archive === null) throw failed(`the distribution of Flink ${flinkVersion} has no flink.tgz; publish it again`);
  const head = await s3.head(archive.key);
  if (head?.etag === archive.etag && head.size === archive.size) return archive;
  throw failed(`${archive.key} is not what was published; publish the distribution again`);
}

interface Made {
  readonly record: DistributionRecord;
  readonly distribution: RecordedObject;
}

/** Has the JVMs of a warm-up write their class archives below its prefix. */
async function dump(
  deps: Dependencies,
  input: WarmUpInput,
  { record, distribution }: Made,
): Promise<Readonly<Record<JvmPart, Answer>>> {
  const { s3 } = deps;
  const script = warmUpPrefix(input.id) + CLASS_PATH_SCRIPT;
  await s3.put(script, classPathScript({ kind: 'record' }), 'text/x-shellscript');
  const [flink, scriptFile] = await Promise.all([located(s3, distribution.key), located(s3, script)]);
  return await run(deps, input, {
    task: 'dump',
    folder: record.folder,
    archived: { flink, script: scriptFile, classes: { jm: null, tm: null } },
  });
}

/** Copies what the containers wrote to where containers cannot write, unless a byte of it is missing. */
async function keep(
  s3: S3Client,
  { id, flinkVersion, by }: WarmUpInput,
  answers: Readonly<Record<JvmPart, Answer>>,
  distribution: string,
): Promise<ClassArchives> {
  // Each attempt has a place of its own, so that one which was frozen rewrites nothing that another has recorded.
  const to = `${classArchivesPrefix(flinkVersion, id)}${Context.current().info.attempt}/`;
  const kept = (name: string, size: number | null): Promise<RecordedObject> =>
    takeOver(s3, { from: `${warmUpPrefix(id)}dump/${name}`, to: to + name, size });
  const [jm, tm] = [fingerprintOf(answers.jm), fingerprintOf(answers.tm)];
  const [java, jmSize, tmSize] = [javaOf(answers.jm), countOf(answers.jm, 'size'), countOf(answers.tm, 'size')];
  const script = to + CLASS_PATH_SCRIPT;
  await s3.put(script, classPathScript({ kind: 'use', fingerprints: { jm, tm } }), 'text/x-shellscript');
  const [jobManager, taskManager, classNames, scriptHead] = await Promise.all([
    kept('jm.jsa', jmSize),
    kept('tm.jsa', tmSize),
    kept('classes.txt', null),
    s3.head(script),
  ]);
  return {
    ...{ id, madeAt: now(), madeBy: by, java, distribution },
    jobManager: { ...jobManager, classes: 0 },
    taskManager: { ...taskManager, classes: 0 },
    script: recorded(script, scriptHead),
    classNames,
  };
}

function recorded(key: string, head: S3Head | null): RecordedObject {
  if (head === null) throw failed(`${key} vanished while it was recorded`);
  return { key, size: head.size, etag: head.etag };
}

/**
 * Starts a second application with the class archives. A copy of the distribution's archive has another address, so that the node
 * fetches and unpacks it anew, as another node does.
 */
async function check(
  deps: Dependencies,
  input: WarmUpInput,
  { record, distribution, archives }: Made & { readonly archives: ClassArchives },
): Promise<Readonly<Record<JvmPart, number>>> {
  const { s3 } = deps;
  const copy = `${warmUpPrefix(input.id)}flink.tgz`;
  const sha256 = (await s3.head(distribution.key))?.sha256 ?? (await s3.sha256Of(distribution.key))?.sha256 ?? '';
  await s3.copyIfAbsent(distribution.key, copy, sha256);
  const [flink, script, jm, tm] = await Promise.all(
    [copy, archives.script.key, archives.jobManager.key, archives.taskManager.key].map((key) => located(s3, key)),
  );
  if (!flink || !script || !jm || !tm)
    throw new SluiceError('Internal', 'four keys were located, and not all are there');
  const answers = await run(deps, input, {
    task: 'check',
    folder: record.folder,
    archived: { flink, script, classes: { jm, tm } },
  });
  const count = (part: JvmPart): number => {
    const classes = countOf(answers[part], 'classes');
    if (classes >= FEWEST_CLASSES) return classes;
    throw failed(`${part.toUpperCase()} took ${classes} classes from its archive, so that Java refuses it`);
  };
  return { jm: count('jm'), tm: count('tm') };
}

/** Runs one application of a warm-up until both JVMs have answered, and ends it. */
async function run(
  deps: Dependencies,
  input: WarmUpInput,
  how: Pick<WarmUpStart, 'task' | 'folder'> & { readonly archived: ArchivedFlink },
): Promise<Readonly<Record<JvmPart, Answer>>> {
  const cluster = clusterOf(deps, input.cluster);
  const { warmUps } = cluster;
  if (!warmUps) throw failed('the configuration names no agent, whose entry JAR has the program of warm-ups');
  const { applicationId } = await cluster.yarn.newApplication();
  const { id, flinkVersion, queue } = input;
  await warmUps({ ...how, id, flinkVersion, queue, applicationId });
  const [jm, tm] = await answersOf(deps.s3, cluster, { applicationId, prefix: `${warmUpPrefix(id)}${how.task}/` });
  await endApplications(deps, input);
  return { jm, tm };
}

async function answersOf(
  s3: S3Client,
  { yarn }: Cluster,
  { applicationId, prefix }: { readonly applicationId: string; readonly prefix: string },
): Promise<readonly [Answer, Answer]> {
  const endsAt = performance.now() + ANSWER_WITHIN_MS;
  for (;;) {
    const report = await yarn.application(applicationId);
    const [jm, tm] = await Promise.all(parts.map((part) => answerOf(s3, `${prefix}${part}.properties`)));
    for (const answer of [jm, tm]) if (answer?.['error'] !== undefined) throw failed(`a JVM says: ${answer['error']}`);
    if (jm && tm) return [jm, tm];
    if (report === null || !LIVE_STATES.some((state) => state === report.state))
      throw failed(
        `${applicationId} ended before its JVMs answered: ${report?.diagnostics ?? 'YARN does not know it'}`,
      );
    if (performance.now() >= endsAt) throw failed(`${applicationId} is ${report.state} and its JVMs do not answer`);
    await sleep(LOOK_EVERY_MS);
  }
}

async function answerOf(s3: S3Client, key: string): Promise<Answer | null> {
  const object = await s3.get(key);
  return object === null ? null : parseAnswer(object.body);
}

/** Kills every live application of the warm-up, and waits until YARN calls them ended. */
async function endApplications(deps: Dependencies, { id, cluster }: WarmUpInput): Promise<void> {
  const { yarn } = clusterOf(deps, cluster);
  const endsAt = performance.now() + DEAD_WITHIN_MS;
  for (;;) {
    const live = await yarn.applications({ tags: [warmUpTagOf(id)], states: [...LIVE_STATES] });
    if (live.length === 0) return;
    for (const { id: application } of live) await yarn.kill(application);
    if (performance.now() >= endsAt)
      throw failed(`YARN does not end ${live.map((application) => application.id).join(', ')}`);
    Context.current().heartbeat();
    await sleep(LOOK_EVERY_MS);
  }
}

/** Goes on after what no retry heals: an application ends by itself, and what is left in S3 is read by nothing. */
async function asFarAsPossible(act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (failure) {
    if (!(failure instanceof SluiceError) || errorTable[failure.code].retry) throw failure;
    Context.current().log.warn(`a warm-up leaves something behind: ${failure.message}`);
  }
}

async function removeBelow(s3: S3Client, prefix: string): Promise<void> {
  const keys: string[] = [];
  for await (const entry of s3.list(prefix)) if (entry.kind === 'object') keys.push(entry.key);
  await s3.removeAll(keys);
}
