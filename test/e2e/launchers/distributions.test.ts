/**
 * A distribution is published once, and its class archives are made on a cluster; starts then use them, and go without where a class of
 * the program would come from another JAR.
 */
import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DistributionItem } from '../../../src/api/distributions/contract.ts';
import type { Deployment } from '../../../src/domain/deployment/deployment.ts';
import { isWarmUp } from '../../../src/domain/identity/yarn-tags.ts';
import { createYarnClient } from '../../../src/clients/yarn/yarn.ts';
import { LIVE_STATES } from '../../../src/clients/yarn/replies.ts';
import { processesWithEnvironment } from '../../../stack/processes/process-identity.ts';
import { prepareCache } from '../../../stack/cache/cached-tools.ts';
import { Api } from '../../support/api.ts';
import { sluice } from '../../support/commands.ts';
import { endApplicationsOf } from '../../support/outside/applications.ts';
import { watch } from '../../support/outside/observer.ts';
import { publish } from '../../support/releases.ts';
import { bucketOf, newJobName, runningStack } from '../../support/stack.ts';

const run = promisify(execFile);
const stack = runningStack();
const api = new Api(stack);
const CLUSTER = 'yarn-a';
const versions = ['1.20.1', '2.1.0'] as const;
const jobs: string[] = [];

const nextJob = (story: string): string => {
  const job = newJobName(story);
  jobs.push(job);
  return job;
};
const listed = async (version: string): Promise<DistributionItem | undefined> =>
  (await api.list<DistributionItem>('/distributions')).find(({ flinkVersion }) => flinkVersion === version);
const recorded = async (job: string): Promise<Deployment> => {
  const [newest] = await api.list<Deployment>(`/jobs/${job}/deployments`);
  if (newest === undefined) throw new Error(`${job} has no deployment`);
  return newest;
};

afterAll(async () => {
  await endApplicationsOf(...jobs);
  // Other files start Flink as the configuration provides it.
  for (const version of versions) await sluice('distribution', 'retire', version, '--reason', 'the test is over');
});

describe.each(versions)('Flink %s', (version) => {
  beforeAll(async () => {
    const { flink } = await prepareCache();
    const folder = flink[version];
    const log4j = 'stack/flink/log4j.properties';
    const published = await sluice('distribution', 'publish', folder, '--log4j', log4j, '-o', 'json');
    expect(published).toMatchObject({ code: 0 });
    // Publishing again uploads nothing.
    const again = await sluice('distribution', 'publish', folder, '--log4j', log4j, '-o', 'json');
    expect(JSON.parse(again.stdout)).toMatchObject({ uploaded: 0, flinkVersion: version });
  });

  test('a warm-up makes class archives that a fresh localization accepts, and leaves nothing behind', async () => {
    const warmed = await sluice('distribution', 'warm', CLUSTER, '--flink', version);
    expect(warmed).toMatchObject({ code: 0 });
    const place = (await listed(version))?.clusters.find(({ name }) => name === CLUSTER);
    expect(place?.warmUp).toMatchObject({ error: null });
    expect(place?.archives?.classes.jobManager).toBeGreaterThan(5_000);
    expect(place?.archives?.classes.taskManager).toBeGreaterThan(5_000);
    const cluster = stack.clusters.find(({ name }) => name === CLUSTER);
    if (cluster === undefined) throw new Error(`the stack has no ${CLUSTER}`);
    const live = await createYarnClient({ ...cluster, user: 'e2e' }).applications({ states: [...LIVE_STATES] });
    expect(live.filter(isWarmUp)).toEqual([]);
    const left: string[] = [];
    for await (const entry of bucketOf(stack).list('warm-ups/')) if (entry.kind === 'object') left.push(entry.key);
    expect(left).toEqual([]);
  });

  test('a start uses them in JobManager and TaskManager, says so, and counts on from its state', async () => {
    const job = nextJob('archived');
    const outsider = await watch(job);
    const release = await publish({ job, version: '1.0.0', flinkVersion: version });
    await api.succeed(job, 'deploy', { release });
    const { applicationId, classArchive, distribution } = await recorded(job);
    expect(classArchive).toMatchObject({ used: true, reason: null });
    expect(distribution).toBe((await listed(version))?.folder);
    expect(mappedBy(job)).toEqual(['jm.jsa', 'tm.jsa']);
    await outsider.counted(applicationId);
    await api.succeed(job, 'restart');
    const after = await recorded(job);
    expect([after.number, after.classArchive?.used]).toEqual([2, true]);
    await outsider.counted(after.applicationId);
    await api.succeed(job, 'stop');
  });

  test('a program with a class of Flink starts without them, as its plan has said', async () => {
    const job = nextJob('shadowing');
    const release = await publish({ job, version: '1.0.0', flinkVersion: version, remade: withClassOfFlink });
    const reason = expect.stringContaining('org.apache.flink.types.Row') as string;
    const { text } = await api.send('POST', `/jobs/${job}/plan`, { kind: 'deploy', release });
    expect(JSON.parse(text)).toMatchObject({ classArchive: { used: false, reason } });
    await api.succeed(job, 'deploy', { release });
    expect((await recorded(job)).classArchive).toMatchObject({ used: false, reason });
    expect(mappedBy(job)).toEqual([]);
    await api.succeed(job, 'stop');
  });
});

/** Class archives that JVMs of the job have mapped. A JVM that refuses one unmaps it. Only Linux tells. */
function mappedBy(job: string): readonly string[] {
  const maps = processesWithEnvironment('SLUICE_JOB', job).map(({ pid }) => readFileSync(`/proc/${pid}/maps`, 'utf8'));
  return ['jm.jsa', 'tm.jsa'].filter((archive) => maps.some((map) => map.includes(`/${archive}`)));
}

/** Adds a file with the name of a class of Flink; nothing of the program loads it. */
async function withClassOfFlink(jar: string, folder: string): Promise<string> {
  const copy = join(folder, basename(jar));
  const path = 'org/apache/flink/types/Row.class';
  copyFileSync(jar, copy);
  mkdirSync(join(folder, 'org/apache/flink/types'), { recursive: true });
  writeFileSync(join(folder, path), 'no class');
  await run('jar', ['--update', '--file', copy, '-C', folder, path]);
  return copy;
}
