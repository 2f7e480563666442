/**
 * A Sluice of a test's own, as a company runs it: people log in at an identity provider, and each part has its own key of
 * S3. Jobs refuse what is not signed. A second API speaks TLS to Temporal and shows an API key. A proxy before each API
 * keeps every answer.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSettings } from '../../../stack/settings.ts';
import { s3As } from '../../../stack/components/bucket-users.ts';
import { stackFiles } from '../../../stack/layout/stack-files.ts';
import { CLIENT, startFakeProvider, type FakeProvider } from '../../fakes/identity-provider.ts';
import { startHttpProxy, type Reply } from '../../faults/http-proxy.ts';
import { Authority, startFront } from '../../temporal/front.ts';
import { signingKey, type SigningKey } from '../signing-keys.ts';
import { runningStack } from '../stack.ts';
import { freePort } from './free-port.ts';
import { startApiProcess, startWorkerProcess } from './worker-process.ts';

export interface SecuredSluice {
  /** The proxy before the API. */
  readonly api: string;
  /** The proxy before the API that shows an API key to Temporal. */
  readonly keyedApi: string;
  /** Everything that both have answered. */
  readonly answers: readonly Reply[];
  readonly configuration: string;
  readonly provider: FakeProvider;
  readonly secrets: { readonly oidc: string; readonly temporal: string; readonly signing: SigningKey['secrets'] };
  down(): Promise<void>;
}

export async function startSecuredSluice(name: string): Promise<SecuredSluice> {
  const id = `${name}-${Date.now().toString(36)}`;
  const signing = signingKey(id);
  const secrets = {
    oidc: randomBytes(20).toString('hex'),
    temporal: randomBytes(20).toString('hex'),
    signing: signing.secrets,
  };
  const folder = await mkdtemp(join(tmpdir(), 'sluice-secured-'));
  const [front, provider] = await Promise.all([startKeyedFront(secrets.temporal), startFakeProvider()]);
  const answers: Reply[] = [];
  const doors = await Promise.all([startDoor(answers), startDoor(answers)]);
  const [plain, keyed] = doors;
  const configurations = await Promise.all(
    doors.map(async ({ port, proxy }, index) => {
      const temporal = index === 0 ? {} : { address: front.address, tls: { caFile: front.caFile } };
      const file = join(folder, `sluice-${index}.json`);
      const api = { port, publicUrl: proxy.url, hosts: [proxy.address] };
      await writeFile(file, await configurationOf(id, { temporal, api, issuer: provider.issuer, signing }));
      return file;
    }),
  );
  const [configuration = '', keyedConfiguration = ''] = configurations;
  const signs = { SLUICE_SIGNING_KEY: signing.privatePem };
  const oidc = { ...signs, SLUICE_OIDC_CLIENT_SECRET: secrets.oidc };
  const keyedSecrets = { ...oidc, SLUICE_TEMPORAL_API_KEY: secrets.temporal };
  const processes = await Promise.all([
    startWorkerProcess({ name: `${id}-worker`, configuration, environment: { ...keyOf('worker'), ...signs } }),
    startApiProcess({ name: `${id}-api`, configuration, environment: { ...keyOf('api'), ...oidc } }),
    startApiProcess({
      name: `${id}-keyed-api`,
      configuration: keyedConfiguration,
      environment: { ...keyOf('api'), ...keyedSecrets },
    }),
  ]);
  return {
    ...{ api: plain.proxy.url, keyedApi: keyed.proxy.url, answers, configuration, provider, secrets },
    async down() {
      await Promise.all(processes.map((one) => one.stop()));
      await Promise.all([...doors.map(({ proxy }) => proxy.close()), front.close(), provider.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Temporal behind TLS, for whoever shows the key. */
async function startKeyedFront(key: string) {
  const UNAUTHENTICATED = 16;
  const authority = new Authority('A company');
  const front = await startFront(runningStack().temporal.address, {
    ...authority.issue('temporal', 'IP:127.0.0.1'),
    refuses: (_path, { authorization }) => (authorization === `Bearer ${key}` ? null : UNAUTHENTICATED),
  });
  return { ...front, caFile: authority.caFile };
}

/** A port for an API that is still to be started, and the proxy before it. */
async function startDoor(answers: Reply[]) {
  const port = await freePort();
  const proxy = await startHttpProxy({
    upstream: `http://127.0.0.1:${port}`,
    withhold: ['accept-encoding'],
    rewrite: (reply) => {
      answers.push(reply);
      return Promise.resolve(reply);
    },
  });
  return { port, proxy };
}

/** The stack's key of S3 for a part of Sluice. */
function keyOf(role: 'worker' | 'api'): Record<string, string> {
  const { accessKeyId, secretAccessKey } = s3As(role, { s3: runningStack().s3, settings: readSettings() });
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
}

interface Own {
  readonly temporal: object;
  readonly api: object;
  readonly issuer: string;
  readonly signing: Pick<SigningKey, 'publicPem'>;
}

/** The stack's configuration with these parts replaced. */
async function configurationOf(installation: string, { temporal, api, issuer, signing }: Own): Promise<string> {
  const text = await readFile(stackFiles(readSettings().stackDirectory).configuration, 'utf8');
  const known = JSON.parse(text) as { readonly temporal: object; readonly api: object }; // written by the stack itself
  const access = {
    oidc: { issuer, clientId: CLIENT, claims: { groups: 'groups' } },
    groups: { 'ads-streaming': [{ role: 'viewer' }] },
  };
  return JSON.stringify({
    ...known,
    installation,
    temporal: { ...known.temporal, taskQueue: installation, deployment: installation, ...temporal },
    api: { ...known.api, ...api },
    access,
    signing: { required: true, keys: { [installation]: signing.publicPem }, keyId: installation },
  });
}
