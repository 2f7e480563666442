/**
 * No secret comes out of a whole run: not by an answer, a page, a log, a history, a record, a launch context or an argument.
 * Every secret is drawn for this run. Where one has to be is a line of the table below; a line that nothing needs fails,
 * so that the search is seen to find.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { buildClicks, clicksDeploymentFiles } from '../../../examples/clicks/build.ts';
import { bucketRoles } from '../../../src/domain/access/bucket-rights.ts';
import { workflowIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import { s3As } from '../../../stack/components/bucket-users.ts';
import { stackFiles } from '../../../stack/layout/stack-files.ts';
import { readSettings } from '../../../stack/settings.ts';
import { Api, until } from '../../support/api.ts';
import { sluiceEnvironment, type Ended } from '../../support/commands.ts';
import { endApplicationsOf } from '../../support/outside/applications.ts';
import { Canaries } from '../../support/outside/canaries.ts';
import { startSecuredSluice, type SecuredSluice } from '../../support/processes/secured-sluice.ts';
import { deploymentFileOf } from '../../support/releases.ts';
import { run } from '../../support/run.ts';
import { bucketOf, newJobName, runningStack } from '../../support/stack.ts';

interface Allowed {
  readonly secret: RegExp;
  readonly place: RegExp;
  readonly because: string;
}

/** Secrets that have to be somewhere, with the place and the reason. */
const allowed: readonly Allowed[] = [
  {
    secret: /^S3 key of containers$/,
    place: /^node nm-local\/.*launch_container\.sh$/,
    because: 'the NodeManager gives a container its environment by this file, and Flink needs the key for its state',
  },
  { secret: /^token of ci$/, place: /^answer 201 \/api\/v1\/tokens\/\w+$/, because: 'a new token is shown this once' },
  { secret: /^token of ci$/, place: /^command token$/, because: 'the command shows the new token this once' },
  { secret: /^session$/, place: /^cookie sluice-no-secret-/, because: 'the browser keeps its session in a cookie' },
];

const stack = runningStack();
const job = newJobName('canary');
/** A value that a person takes for a setting; every request and file with it is refused. */
const TYPED = `typed-${Date.now().toString(36)}-by-mistake`;
const THROWING = ['--fail-on-start', 'true'];

let sluice: SecuredSluice;
let canaries: Canaries;
let folder: string;
let stopWatching = (): void => undefined;
let ciToken: string;
const session = { cookie: '', text: '' };
const said: (readonly [command: string, ended: Ended])[] = [];

beforeAll(async () => {
  sluice = await startSecuredSluice('no-secret');
  folder = await mkdtemp(join(tmpdir(), 'sluice-canary-'));
  const { stdout } = await command(stack.token, 'token', 'create', 'ci', '--role', 'admin', '-o', 'json');
  ciToken = (JSON.parse(stdout) as { token: string }).token;
  Object.assign(session, await logIn());
  const settings = readSettings();
  const keys = bucketRoles.map((role) => [`S3 key of ${role}`, s3As(role, { s3: stack.s3, settings }).secretAccessKey]);
  canaries = new Canaries({
    ...(Object.fromEntries(keys) as Record<string, string>),
    'S3 key of the stack': stack.s3.secretAccessKey,
    'first token': secretOf(stack.token),
    'token of ci': secretOf(ciToken),
    session: secretOf(session.text),
    'OIDC client secret': sluice.secrets.oidc,
    'API key of Temporal': sluice.secrets.temporal,
    'key that signs': sluice.secrets.signing.text,
    'bytes of the key that signs': sluice.secrets.signing.hex,
    'typed by mistake': TYPED,
  });
  stopWatching = canaries.watchProcesses();
});

afterAll(async () => {
  stopWatching();
  await endApplicationsOf(job);
  await withTemporal((client) => client.workflow.getHandle(workflowIdOf(job)).terminate('the test has ended')).catch(
    () => undefined,
  );
  await sluice.down();
  await rm(folder, { recursive: true, force: true });
});

const secretOf = (text: string): string => text.split('_').at(-1) ?? '';

async function withTemporal<T>(act: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: stack.temporal.address });
  try {
    return await act(new Client({ connection }));
  } finally {
    await connection.close();
  }
}

/** Runs a command with a token in its environment, and keeps its output. */
async function command(token: string, ...args: readonly string[]): Promise<Ended> {
  const ended = await run(process.execPath, ['bin/sluice.mjs', ...args], {
    ...sluiceEnvironment(),
    SLUICE_API: sluice.api,
    SLUICE_CONFIG: sluice.configuration,
    SLUICE_TOKEN: token,
  });
  said.push([args[0] ?? '', ended]);
  return ended;
}
const asCi = (...args: readonly string[]): Promise<Ended> => command(ciToken, ...args);

/** A person logs in with a browser. */
async function logIn(): Promise<{ readonly cookie: string; readonly text: string }> {
  const begun = await fetch(`${sluice.api}/api/v1/login`, { redirect: 'manual' });
  const transaction = begun.headers.getSetCookie()[0]?.split(';')[0] ?? '';
  const answer = sluice.provider.logIn(begun.headers.get('location') ?? '', { sub: 'u-1', groups: ['ads-streaming'] });
  const ended = await fetch(answer, { headers: { cookie: transaction } });
  const cookie =
    ended.headers
      .getSetCookie()
      .find((one) => !one.startsWith('sluice-login'))
      ?.split(';')[0] ?? '';
  expect(ended.status).toBe(200);
  return { cookie, text: cookie.split('=')[1] ?? '' };
}

async function publish(version: string, args: readonly string[] = [], fields = {}): Promise<Ended> {
  const file = join(folder, `${job}.yaml`);
  await writeFile(file, stringify(deploymentFileOf({ job, version, args, fields })));
  const { jars } = await buildClicks({ version: '1.0.0', flinkVersions: ['1.20.1'] });
  const bases = (await clicksDeploymentFiles()).filter(({ name }) => name === 'clicks.base.yaml');
  return await asCi(
    'publish',
    '--project',
    job,
    '--version',
    version,
    file,
    ...[...bases, ...jars].map(({ path }) => path),
  );
}

const ok = (ended: Ended): void =>
  expect([ended.code, ended.code === 0 ? '' : ended.stdout + ended.stderr]).toEqual([0, '']);

/** The folders of YARN: logs, submissions, and the launch script of each container while it lives. */
async function lookAtNodes(): Promise<void> {
  for (const { name } of stack.clusters) {
    await canaries.searchFolder('node', stackFiles(readSettings().stackDirectory).data(name));
  }
}

test('a job lives through a whole run', async () => {
  ok(await publish('1.0.0'));
  ok(await publish('1.1.0'));
  ok(await publish('1.2.0', THROWING));
  ok(await asCi('deploy', job, `${job}/1.0.0`, '-o', 'json'));
  await lookAtNodes();
  ok(await asCi('hotfix', job, '-D', 'rest.flamegraph.enabled=true', '--reason', 'a look'));
  ok(await asCi('deploy', job, `${job}/1.1.0`));
  await lookAtNodes();
  expect((await asCi('deploy', job, `${job}/1.2.0`)).code).toBe(1);
  ok(await asCi('rollback', job));
  await lookAtNodes();
  ok(await asCi('logs', job));
  ok(await asCi('stop', job));
  ok(await asCi('resume', job));
  await lookAtNodes();
  ok(await asCi('kill', job, '--yes'));
});

test('a request that nobody has signed is refused', async () => {
  await withTemporal((client) =>
    client.workflow.getHandle(workflowIdOf(job)).signal('resume', { id: 'unsigned', actor: 'ads-streaming' }),
  );
  const api = new Api({ api: sluice.api, token: ciToken });
  const rejection = await until(
    'the refusal of the unsigned signal',
    60_000,
    async () => (await api.job(job)).rejections.last.find(({ id }) => id === 'unsigned') ?? null,
  );
  expect(rejection.code).toBe('SignatureRefused');
});

test('what a person typed by mistake is refused', async () => {
  const refused = await publish('1.3.0', ['--password', TYPED], { flink: { config: { 's3.secret-key': TYPED } } });
  expect([refused.code, refused.stdout]).toEqual([2, expect.not.stringContaining(TYPED)]);
  const api = new Api({ api: sluice.api, token: ciToken });
  const set = { 'flink.config': { 'my.password': TYPED } };
  for (const [kind, fields] of [
    ['hotfix', { set }],
    ['deploy', { release: `${job}/1.0.0`, hotfix: { set } }],
  ] as const)
    expect((await api.ask(job, kind, fields)).status).toBe(422);
  for (const path of [`/jobs/${job}?token=${TYPED}`, `/jobs?cursor=${TYPED}`]) await api.send('GET', path);
  await new Api({ api: sluice.api, token: `slc_ci_${TYPED}` }).send('GET', '/jobs');
});

test('people and programs read everything about it', async () => {
  for (const args of [
    ['status', job],
    ['history', job],
    ['deployments', job],
    ['diff', job],
    ['logs', job],
  ])
    await asCi(...args, '-o', 'json');
  for (const args of [['get', job, '-o', 'yaml'], ['doctor'], ['token', 'list'], ['whoami']]) await asCi(...args);
  const document = (await (await fetch(`${sluice.api}/api/v1/openapi.json`)).json()) as {
    paths: Record<string, object>;
  };
  const names: Readonly<Record<string, string>> = {
    job,
    number: '1',
    project: job,
    version: '1.0.0',
    name: `${job}.yaml`,
  };
  for (const path of ['jobs', `jobs/${job}`, 'doctor', 'healthz'])
    await fetch(`${sluice.keyedApi}/api/v1/${path}`, { headers: { authorization: `Bearer ${ciToken}` } });
  const paths = Object.entries(document.paths).flatMap(([path, verbs]) => ('get' in verbs ? [path] : []));
  for (const path of [...paths.filter((one) => !one.endsWith('/events')), '/../../docs', '/../../metrics']) {
    const place = path.replace(/\{(\w+)\}/g, (_braces, name: string) => names[name] ?? 'one');
    for (const headers of [{ authorization: `Bearer ${ciToken}` }, { cookie: session.cookie }, {}])
      await fetch(`${sluice.api}/api/v1${place}`, { headers: { ...headers }, redirect: 'manual' });
  }
});

test('and no secret is anywhere but where it has to be', async () => {
  for (const { status, headers, body } of sluice.answers) {
    const { 'set-cookie': cookies = [], ...others } = headers;
    canaries.search('answer', `${status} ${headers['location'] ?? ''}`, JSON.stringify(others) + body.toString());
    for (const cookie of [cookies].flat()) canaries.search('cookie', cookie.split('=')[0] ?? '', cookie);
  }
  for (const [name, { stdout, stderr }] of said) canaries.search('command', name, stdout + stderr);
  await canaries.searchFolder('log', join(readSettings().stackDirectory, 'logs'));
  await lookAtNodes();
  await withTemporal((client) => canaries.searchHistories(client));
  await canaries.searchBucket(bucketOf(stack));

  const isAllowed = (place: string, secret: string) => (one: Allowed) =>
    one.place.test(place) && one.secret.test(secret);
  const finds = canaries.finds();
  expect(finds.filter(({ place, secret }) => !allowed.some(isAllowed(place, secret)))).toEqual([]);
  const idle = allowed.filter((one) => !finds.some(({ place, secret }) => isAllowed(place, secret)(one)));
  expect(idle).toEqual([]);
  for (const kind of ['answer', 'command', 'log', 'node', 'history', 'visibility', 'bucket', 'arguments'])
    expect([kind, (canaries.searched[kind] ?? 0) > 5]).toEqual([kind, true]);
});
