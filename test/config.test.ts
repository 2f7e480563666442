/** Configurations of an installation that cannot work are refused by name of the field. */
import { writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { channelSecretsFromEnvironment, loadConfig } from '../src/config.ts';

function load(more: Readonly<Record<string, unknown>>): ReturnType<typeof loadConfig> {
  const path = join(mkdtempSync(join(tmpdir(), 'sluice-config-')), 'sluice.json');
  const cluster = {
    name: 'yarn-a',
    zone: 'a',
    resourceManager: 'http://rm:8088',
    user: 'sluice',
    applicationClasspath: '/hadoop/*',
  };
  const config = {
    temporal: { address: 'temporal:7233' },
    s3: { bucket: 'sluice' },
    api: { port: 8080 },
    flink: { distributions: { '1.20.1': 'flink/1.20.1' } },
    clusters: [cluster],
    ...more,
  };
  writeFileSync(path, JSON.stringify(config));
  return loadConfig(path);
}

test.each(['1.16.3', '1.18.1', '1.9.0', '0.10', 'latest'])(
  'Flink %s is refused, which reads no config.yaml',
  (version) =>
    expect(() => load({ flink: { distributions: { [version]: 'flink/x' } } })).toThrow(
      `flink.distributions.${version}: `,
    ),
);

test.each(['1.19.0', '1.20.1', '2.0', '2.1.0'])('Flink %s is taken', (version) =>
  expect(Object.keys(load({ flink: { distributions: { [version]: 'flink/x' } } }).flink.distributions)).toEqual([
    version,
  ]),
);

test('a cluster does not grow unless it says so', () => expect(load({}).clusters[0]?.elastic).toBe(false));

const temporal = (more: Readonly<Record<string, unknown>>) => () =>
  load({ temporal: { address: 'temporal:7233', ...more } }).temporal;

test('TLS to Temporal is off unless it is asked for, be it without a word more', () => {
  expect(temporal({})()).not.toHaveProperty('tls');
  expect(temporal({ tls: {} })().tls).toEqual({});
});

test.each<[Readonly<Record<string, unknown>>, string]>([
  [{ tls: { caFile: 'ca.crt' } }, 'temporal.tls.caFile: must be an absolute path'],
  [{ tls: { certFile: '/tls.crt' } }, 'temporal.tls.certFile: goes together with keyFile'],
  [{ tls: { keyFile: '/tls.key' } }, 'temporal.tls.certFile: goes together with keyFile'],
  [{ apiKeyFile: 'key' }, 'temporal.apiKeyFile: must be an absolute path'],
  [{ apiKey: 'secret' }, 'temporal: Unrecognized key'],
])('%j is refused', (more, why) => expect(temporal(more)).toThrow(why));
test('proxies are addresses or ranges, and none unless they are listed', () => {
  const api = { port: 8080, proxies: ['10.0.0.0/8', '::1', '192.0.2.7', 'fd00::/8'] };
  expect(load({ api }).api.proxies).toEqual(api.proxies);
  expect(load({}).api.proxies).toEqual([]);
  for (const proxy of ['proxy.example.com', 'loopback', '10.0.0.0/33', ''])
    expect(() => load({ api: { port: 8080, proxies: [proxy] } })).toThrow('api.proxies.0: ');
});

test('logins need the address to which the provider sends people back, and take that as a host', () => {
  const access = { oidc: { issuer: 'https://id.example.com', clientId: 'sluice' } };
  expect(() => load({ access })).toThrow('api.publicUrl: is needed for access.oidc');
  const { api, access: read } = load({ access, api: { port: 8080, publicUrl: 'https://sluice.example.com/' } });
  expect([api.publicUrl, read.oidc?.session]).toEqual(['https://sluice.example.com', { lifetime: '12h', idle: '2h' }]);
});

test('strangers on the network read only where the configuration says so twice', () => {
  const api = { host: '0.0.0.0', port: 8080 };
  expect(() => load({ api, access: { anonymous: 'viewer' } })).toThrow('access.anonymous: viewer would open reading');
  expect(load({ api, access: { anonymous: 'viewer', anonymousBeyondLoopback: true } }).access.anonymous).toBe('viewer');
});

test('people confirm more where the configuration says so, by default in production', () => {
  expect(load({}).access.confirm).toEqual({ environments: ['prod*'] });
  expect(load({ access: { confirm: { environments: ['live', 'prod'] } } }).access.confirm.environments).toHaveLength(2);
  expect(() => load({ access: { confirm: { environments: ['Prod'] } } })).toThrow(
    'access.confirm.environments.0: must be',
  );
});

const signing = (more: Readonly<Record<string, unknown>>) => () => load({ signing: more }).signing;
const PUBLIC = 'MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=';

test('signatures are not required unless the configuration says so', () => {
  expect(load({}).signing).toEqual({ required: false, keys: {} });
  const pem = `-----BEGIN PUBLIC KEY-----\n${PUBLIC}\n-----END PUBLIC KEY-----\n`;
  const point = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';
  expect(signing({ required: true, keys: { k1: PUBLIC, k2: pem }, keyId: 'k1' })()).toMatchObject({
    required: true,
    keys: { k1: point, k2: point },
  });
});

test.each<[Readonly<Record<string, unknown>>, string]>([
  [{ required: true }, 'signing.keys: must hold a key while signing.required is true'],
  [{ keys: { k1: 'nonsense' } }, 'signing.keys.k1: must be a public key of Ed25519'],
  [{ keys: { k1: PUBLIC }, keyId: 'k2' }, 'signing.keyId: must be one of signing.keys'],
  [{ keyFile: 'key.pem' }, 'signing.keyFile: must be an absolute path'],
  [{ key: 'secret' }, 'signing: Unrecognized key'],
])('the signing %j is refused', (more, why) => expect(signing(more)).toThrow(why));

const plugin = 'sluice/agent/1/plugins/sluice/sluice-agent.jar';
const entry = 'sluice/agent/1/lib/sluice-entry.jar';

/** Seen to fail: without the check, a live cluster would count as gone between two signs of its jobs. */
test.each([
  ['10m', '1m'],
  ['10m', '299s'],
  ['10m', undefined],
  ['3m', '1m'],
])('a lease of %s with goneAfter %s is refused, by both names', (lease, goneAfter) => {
  const failover = goneAfter === undefined ? {} : { failover: { goneAfter } };
  const loading = () => load({ agent: { plugin, entry, lease }, ...failover });
  expect(loading).toThrow(`failover.goneAfter: must be at least half of agent.lease, got ${goneAfter ?? '3m'}`);
  expect(loading).toThrow(`agent.lease, which is ${lease}`);
});

test.each([
  [{ agent: { plugin, entry, lease: '10m' }, failover: { goneAfter: '5m' } }, '5m'],
  [{ agent: { plugin, entry, lease: '6m' } }, '3m'],
  [{ failover: { goneAfter: '1m' } }, '1m'],
])('%j leaves a cluster late enough', (more, goneAfter) => expect(load(more).failover.goneAfter).toBe(goneAfter));

test('the part in the JVMs of jobs is optional, and lies in folders that Flink looks into', () => {
  expect(load({}).agent).toBeUndefined();
  expect(load({ agent: { plugin, entry } }).agent).toEqual({
    plugin,
    entry,
    lease: '2m',
    signs: { checkpoints: '5m' },
  });
  expect(load({ agent: { plugin, entry, lease: '5m' } }).agent?.lease).toBe('5m');
  expect(() => load({ agent: { plugin, entry, lease: '10s' } })).toThrow('agent.lease: ');
  expect(() => load({ agent: { plugin, entry, signs: { checkpoints: '1s' } } })).toThrow('agent.signs.checkpoints: ');
  expect(() => load({ agent: { plugin } })).toThrow('agent.entry: ');
  expect(() => load({ agent: { plugin: 'sluice/sluice-agent.jar', entry } })).toThrow(
    'agent.plugin: must end with plugins/sluice/sluice-agent.jar',
  );
  expect(() => load({ agent: { plugin, entry: 'sluice-entry.jar' } })).toThrow(
    'agent.entry: must end with lib/sluice-entry.jar',
  );
});

test('notifications name channels, routes and contacts, and secrets come from the environment', () => {
  const hook = { kind: 'webhook', url: 'https://hooks.example.com/' };
  const notifications = { channels: { 'ads-hook': hook }, contacts: { '#ads': 'ads-hook' } };
  expect(load({ notifications }).notifications).toMatchObject({ contacts: { '#ads': 'ads-hook' }, routes: [] });
  expect(load({}).notifications.channels).toEqual({});
  expect(() => load({ notifications: { contacts: { '#ads': 'bi-hook' } } })).toThrow(
    'notifications.contacts.#ads: there is no channel bi-hook in notifications.channels',
  );
  expect(() => load({ notifications: { channels: { 'ads-hook': { ...hook, secret: 'x' } } } })).toThrow(
    'notifications.channels.ads-hook: Unrecognized key',
  );
  process.env['SLUICE_CHANNEL_ADS_HOOK_SECRET'] = 'from the environment';
  try {
    expect(channelSecretsFromEnvironment(['ads-hook'])).toEqual({
      'ads-hook': { url: undefined, secret: 'from the environment' },
    });
  } finally {
    delete process.env['SLUICE_CHANNEL_ADS_HOOK_SECRET'];
  }
});
