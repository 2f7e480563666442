/** An API with two teams of jobs, behind which nothing is empty, and a token for each kind of caller. */
import { createYarnClient } from '../../../src/clients/yarn/yarn.ts';
import { createFlinkClient } from '../../../src/clients/flink/flink.ts';
import { createIdentityProvider } from '../../../src/clients/oidc/identity-provider.ts';
import { sha256Of } from '../../../src/clients/s3/checksum.ts';
import type { Binding } from '../../../src/domain/access/decide.ts';
import type { Policy } from '../../../src/domain/access/permissions.ts';
import type { Deployment } from '../../../src/domain/deployment/deployment.ts';
import {
  auditKey,
  deploymentKey,
  evidenceKey,
  releaseFileKey,
  releaseKey,
  savepointsOf,
  textKey,
} from '../../../src/domain/identity/storage-keys.ts';
import type { OperationKind } from '../../../src/domain/lifecycle.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { CLIENT, startFakeProvider } from '../../fakes/identity-provider.ts';
import { createFakeFlink, type FakeFlink } from '../../fakes/flink.ts';
import { createFakeS3, type FakeS3 } from '../../fakes/s3.ts';
import { createFakeYarn, type FakeYarn } from '../../fakes/yarn.ts';
import { deployment } from '../../support/deployment.ts';
import { recordOf, type FakeGateway } from '../fake-gateway.ts';
import { firstTokenOf } from '../first-token.ts';
import { startApp } from '../start-app.ts';

/** A text that stands in everything that belongs to the other team, and in nothing else. */
export const FOREIGN_CANARY = 'canary-of-team-web';
/** A text that stands where only secrets do. */
export const SECRET_CANARY = 'canary-of-a-secret';

interface Team {
  readonly team: string;
  readonly project: string;
  readonly jobs: readonly string[];
  readonly mark: string;
}
export const OWN: Team = { team: 'ads', project: 'clicks', jobs: ['clicks-prod', 'clicks-dev'], mark: 'seen by ads' };
export const FOREIGN: Team = { team: 'web', project: 'orders', jobs: ['orders-prod'], mark: FOREIGN_CANARY };
export const UNKNOWN = 'nothing-prod';

/** The callers: one of each role with every job, and one whose rights end at a team. */
export const callers: Readonly<Record<string, Binding>> = {
  viewer: { role: 'viewer' },
  operator: { role: 'operator' },
  deployer: { role: 'deployer' },
  admin: { role: 'admin' },
  'admin of one team': { role: 'admin', teams: [OWN.team] },
};

export type FuzzWorld = Awaited<ReturnType<typeof startFuzzWorld>>;

export async function startFuzzWorld({ policy = {} }: { readonly policy?: Policy } = {}) {
  const s3 = createFakeS3();
  const [flink, yarn, provider] = await Promise.all([createFakeFlink(), createFakeYarn(), startFakeProvider()]);
  flink.addJob({ id: deployment.flinkJobId });
  flink.logs.set('jobmanager.log', `fs.s3a.secret.key: ${SECRET_CANARY}\nhello\n`);
  const client = createYarnClient({ name: 'yarn-a', resourceManager: yarn.url, user: 'sluice' });
  const app = await startApp({
    clusters: () => Promise.resolve([cluster(true), cluster(false)]),
    instances: { flink: createFlinkClient(), yarn: new Map([['yarn-a', client]]) },
    access: { anonymous: [], policy, tokens: s3, login: loginsAt(provider.issuer) },
  });
  for (const team of [OWN, FOREIGN]) await seed(app, { yarn, flink }, team);
  const tokens = await tokensFor(app, s3);
  const ends = setInterval(() => endAll(app.gateway), 50);
  return {
    app,
    tokens,
    close: async () => {
      clearInterval(ends);
      await app.stop();
      await Promise.all([yarn.close(), flink.close(), provider.close()]);
    },
  };
}

const loginsAt = (issuer: string) => ({
  installation: 'fuzz',
  groups: {},
  proxy: null,
  oidc: {
    provider: createIdentityProvider({
      issuer,
      clientId: CLIENT,
      clientSecret: SECRET_CANARY,
      scopes: ['openid'],
      algorithms: ['RS256'],
      audience: undefined,
    }),
    publicUrl: 'http://127.0.0.1:8080',
    claims: { user: 'preferred_username', groups: 'groups' },
    takesJwts: false,
    limits: { lifetimeMs: 3_600_000, idleMs: 600_000 },
  },
});

const cluster = (reachable: boolean) => ({
  name: reachable ? 'yarn-a' : 'yarn-b',
  zone: reachable ? 'a' : 'b',
  resourceManager: 'http://rm.example:8088',
  launchers: ['direct'],
  version: reachable ? '3.4.3' : null,
  activeNodes: reachable ? 2 : null,
  runningApplications: reachable ? 1 : null,
  memoryMb: reachable ? { total: 8_192, available: 4_096 } : null,
  reachable,
  problem: reachable ? null : 'it does not answer',
});

/** A token for each caller, and the admin's own that made them. */
async function tokensFor(app: Awaited<ReturnType<typeof startApp>>, s3: FakeS3): Promise<Map<string, string>> {
  const authorization = `Bearer ${await firstTokenOf(s3)}`;
  const tokens = new Map<string, string>();
  for (const [name, binding] of Object.entries(callers)) {
    const { text } = await app.post('/api/v1/tokens', { name, bindings: [binding] }, { authorization });
    tokens.set(name, (JSON.parse(text) as { token: string }).token);
  }
  return tokens;
}

/** The owner of a job goes on: an operation that was accepted ends soon, in one of several ways. */
function endAll(gateway: FakeGateway): void {
  const outcomes = ['succeeded', 'failed', 'cancelled', 'superseded'] as const;
  for (const [name, job] of gateway.jobs) {
    if (job.taken) gateway.end(name, outcomes[job.memory.operations.length % outcomes.length]);
    job.memory = { ...job.memory, operations: job.memory.operations.slice(0, 200) };
  }
}

interface Outside {
  readonly yarn: FakeYarn;
  readonly flink: FakeFlink;
}

/** Writes whatever a route can find of the jobs of a team. */
async function seed(
  { s3, gateway }: Pick<Awaited<ReturnType<typeof startApp>>, 's3' | 'gateway'>,
  outside: Outside,
  team: Team,
) {
  await seedReleases(s3, team);
  for (const [index, job] of team.jobs.entries()) {
    const operation = operationOf(job, 'deploy', team.mark);
    const deployments = await seedDeployments(s3, team, job, { id: `application_${team.team.length}_000${index + 1}` });
    const current = deployments.at(-1);
    if (!current) throw new Error('a job has deployments');
    const isRunning = index === 0;
    if (isRunning) outside.yarn.addApplication({ id: current.applicationId, flink: outside.flink });
    const file = `${savepointsOf(job, 'op')}savepoint-ffffff-0001/_metadata`;
    await s3.put(file, metadata(7));
    await s3.put(auditKey(job, '2026-01-01T00:00:00.000Z', 'older'), JSON.stringify({ ...operation, id: 'older' }));
    await s3.put(
      evidenceKey({ job, operation: 'one', application: 'application_1_0009', file: 'jobmanager.log' }),
      team.mark,
    );
    await s3.put(
      evidenceKey({ job, operation: 'one', application: 'application_1_0009', file: 'exceptions.json' }),
      '[]',
    );
    gateway.put(job, {
      state: isRunning ? 'running' : 'stopped',
      desired: isRunning ? 'running' : 'stopped',
      stateReason: team.mark,
      health: isRunning ? 'degraded' : 'unknown',
      healthReasons: [team.mark],
      ownership: { project: team.project, team: team.team, environment: 'prod' },
      current,
      previous: deployments.at(0) ?? null,
      operations: [operation, operationOf(job, 'savepoint', team.mark)],
      deployments: 2,
      epoch: 2,
    });
  }
}

const metadata = (checkpoint: number): Uint8Array => {
  const head = Buffer.alloc(16);
  head.writeUInt32BE(0x4960672d, 0);
  head.writeBigInt64BE(BigInt(checkpoint), 8);
  return head;
};

const operationOf = (job: string, kind: OperationKind, reason: string): OperationRecord => ({
  ...recordOf({ job, kind, request: { id: kind, reason }, start: false, sender: { door: 'api', actor: 'ann' } }),
  acceptedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:01:00.000Z',
  phase: null,
  outcome: 'failed',
  error: { code: 'StartFailed', detail: reason, hint: 'look', cause: null, runsNow: null, state: null, whatToDo: null },
});

async function seedDeployments(
  s3: FakeS3,
  { team, project, mark }: Team,
  job: string,
  application: { id: string },
): Promise<Deployment[]> {
  const deployments: Deployment[] = [];
  for (const number of [1, 2]) {
    const file = fileOf(job, team, mark);
    const entries = JSON.stringify([
      { key: 'parallelism.default', value: String(number), origin: 'deployment file' },
      { key: 'fs.s3a.secret.key', value: SECRET_CANARY, origin: 'cluster' },
      { key: 'pipeline.name', value: mark, origin: 'deployment file' },
    ]);
    for (const text of [file, entries]) await s3.put(textKey(sha256Of(text)), text);
    const record: Deployment = {
      ...deployment,
      job,
      number,
      epoch: number,
      owner: team,
      environment: 'prod',
      release: `${project}/1.0.0`,
      file: sha256Of(file),
      configuration: sha256Of(entries),
      applicationId: application.id,
    };
    await s3.put(deploymentKey(job, number), JSON.stringify(record));
    deployments.push(record);
  }
  return deployments;
}

const fileOf = (job: string, team: string, mark: string): string =>
  [
    'apiVersion: sluice/v1',
    'kind: FlinkJob',
    `name: ${job}`,
    'environment: prod',
    `description: ${mark}`,
    `owner: {team: ${team}}`,
    'placement: {cluster: yarn-a}',
    'flink: {version: "1.20.1"}',
    'job: {jar: clicks.jar, entryClass: com.example.Clicks}',
    '',
  ].join('\n');

async function seedReleases(s3: FakeS3, { team, project, jobs, mark }: Team): Promise<void> {
  for (const version of ['1.0.0', '1.1.0']) {
    const files = jobs.map((job) => ({ job, name: `${job}.yaml`, text: fileOf(job, team, mark) }));
    for (const { name, text } of files) await s3.put(releaseFileKey({ project, version }, { name }), text);
    const release = {
      apiVersion: 'sluice/v1',
      project,
      version,
      gitCommit: 'a'.repeat(40),
      buildUrl: 'https://ci.example.com/1',
      createdAt: '2026-01-01T00:00:00.000Z',
      files: files.map(({ job, name, text }) => ({
        name,
        kind: 'deployment',
        size: Buffer.byteLength(text),
        sha256: sha256Of(text),
        job,
        environment: 'prod',
      })),
    };
    await s3.put(releaseKey(project, version), JSON.stringify(release));
  }
}
