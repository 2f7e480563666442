/** The configuration of a Sluice installation. The only reader of `process.env` in `src/`. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { AccessSettings, problemsOfAccess, PublicUrl } from './domain/access/settings.ts';
import { compareMinor } from './domain/flink-options/flink-version.ts';
import { LauncherName } from './domain/identity/launcher-name.ts';
import { durationMs, formatDuration } from './domain/input/durations.ts';
import { duration, memory, wholeNumber } from './domain/input/field-schemas.ts';
import { NotificationSettings, secretNamesOf, type ChannelSecrets } from './domain/notification/settings.ts';
import { timeLimits } from './domain/time-limits.ts';
import { mostTurns } from './domain/turns/turns.ts';

const FlinkConfig = z.record(z.string(), z.string());

/** Sluice writes `config.yaml`, which older versions do not read: they look for `flink-conf.yaml` (FLIP-366). */
const OLDEST = '1.19';

const FlinkVersion = z
  .string()
  .refine(
    (version) => /^\d{1,2}\.\d{1,3}(\.\d{1,3})?$/.test(version) && compareMinor(version, OLDEST) >= 0,
    `must be a Flink version from ${OLDEST} on, such as "1.20.1"; older ones do not read config.yaml`,
  );

const Cluster = z.strictObject({
  name: z.string(),
  zone: z.string(),
  /** A URL, or several separated by commas (ResourceManager high availability). */
  resourceManager: z.string(),
  /** The user whom YARN runs applications as. */
  user: z.string(),
  /** Scheme under which the NodeManagers reach the bucket. */
  resourceScheme: z.string().default('s3a'),
  launchers: z.array(LauncherName).min(1).default(['direct']),
  /** Hadoop's jars and configuration inside a container; appended to Flink's class path. */
  applicationClasspath: z.string(),
  /** Additional class path of Flink's client, where shell-runner runs it. */
  clientClasspath: z.string().default(''),
  flinkConfig: FlinkConfig.default({}),
  /** How many jobs Sluice restarts or moves here by itself at one time, and in a minute. */
  recovery: z
    .strictObject({
      maxParallel: wholeNumber(1, mostTurns.maxParallel).default(10),
      perMinute: wholeNumber(1, mostTurns.perMinute).default(60),
    })
    .prefault({}),
  /** Whether nodes come on demand: then a job that is larger than the cluster is now is warned about, not refused. */
  elastic: z.boolean().default(false),
});
export type ClusterConfig = z.infer<typeof Cluster>;

/** Shown by Temporal as `<deployment>:<build id>`, hence no colon. */
const BuildId = z
  .string()
  .regex(/^[A-Za-z0-9][-A-Za-z0-9_.+]{0,99}$/, 'must be letters, digits and - _ . +, such as 0.2.0 or a commit');

/** A host as the address bar of a browser shows it: with its port unless that is the default one. */
const HostName = z
  .string()
  .regex(
    /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i,
    'must be a host such as sluice.example.com or sluice.example.com:8443',
  );

/** Worker and API may run in different folders, so a relative path would name two files. */
const AbsolutePath = z.string().startsWith('/', 'must be an absolute path');

const TemporalTls = z
  .strictObject({
    /** Name that the server's certificate must have, where it is not the host of the address. */
    serverName: z.string().min(1).optional(),
    /** Certificates, as PEM, of the authorities that may have signed the server's. */
    caFile: AbsolutePath.optional(),
    /** The client certificate, as PEM, with those that lead to its authority. */
    certFile: AbsolutePath.optional(),
    /** The key of the client certificate, as PEM without a passphrase. */
    keyFile: AbsolutePath.optional(),
  })
  .refine(({ certFile, keyFile }) => (certFile === undefined) === (keyFile === undefined), {
    path: ['certFile'],
    message: 'goes together with keyFile: name both or none',
  });

/** Every job carries the keys, and a rotation needs two. */
const MOST_KEYS = 8;

/** Begins the DER of every public key of Ed25519 (RFC 8410). */
const ED25519_DER = '302a300506032b6570032100';

/** A public key as OpenSSL writes it (DER in base64, 44 bytes); its point in hexadecimal digits. */
const PublicKey = z.string().transform((text, context) => {
  const der = Buffer.from(text.replaceAll(/-----[A-Z ]+-----|\s/g, ''), 'base64').toString('hex');
  if (der.length === 88 && der.startsWith(ED25519_DER)) return der.slice(ED25519_DER.length);
  context.addIssue('must be a public key of Ed25519, as `openssl pkey -pubout` prints it');
  return z.NEVER;
});

const KeyId = z.string().regex(/^[a-z0-9][-a-z0-9._]{0,63}$/i, 'must be up to 64 letters, digits and - _ .');

const Signing = z
  .strictObject({
    /** Whether jobs refuse what is not signed. */
    required: z.boolean().default(false),
    /** Public keys whose signatures count, by id. */
    keys: z.record(KeyId, PublicKey).default({}),
    /** Id of the key with which worker and API sign. */
    keyId: KeyId.optional(),
    /** File with its private key, as PEM. `SLUICE_SIGNING_KEY` gives the key itself. */
    keyFile: AbsolutePath.optional(),
  })
  .refine(({ keys, keyId }) => keyId === undefined || Object.hasOwn(keys, keyId), {
    path: ['keyId'],
    message: 'must be one of signing.keys',
  })
  .refine(({ required, keys }) => !required || Object.keys(keys).length > 0, {
    path: ['keys'],
    message: 'must hold a key while signing.required is true',
  })
  .refine(({ keys }) => Object.keys(keys).length <= MOST_KEYS, {
    path: ['keys'],
    message: `must hold at most ${MOST_KEYS} keys`,
  });

/**
 * Refuses a cluster that counts as gone while its jobs live: they give a sign each fourth of their lease, and a single sign may be
 * late or lost.
 */
function leavesTooEarly({ agent, failover }: Pick<z.infer<typeof Fields>, 'agent' | 'failover'>): string | null {
  if (agent === undefined || durationMs(failover.goneAfter) >= durationMs(agent.lease) / 2) return null;
  const { lease } = agent;
  const why = `jobs give a sign each fourth of agent.lease, which is ${lease}`;
  return `must be at least half of agent.lease, got ${failover.goneAfter}: ${why}; lengthen it, or shorten the lease`;
}

const Fields = z.strictObject({
  installation: z.string().default('sluice'),
  temporal: z.strictObject({
    address: z.string(),
    /** Present, even empty: Sluice speaks TLS. */
    tls: TemporalTls.optional(),
    /** A file with an API key. `SLUICE_TEMPORAL_API_KEY` gives the key itself. */
    apiKeyFile: AbsolutePath.optional(),
    namespace: z.string().default('default'),
    taskQueue: z.string().default('sluice'),
    /** Name of the Temporal worker deployment that versioned workers belong to. */
    deployment: z.string().default('sluice'),
    /** The build of this worker; null for an unversioned one. `SLUICE_BUILD_ID` says it too, and wins. */
    buildId: BuildId.nullable().default(null),
    ui: z.string().nullable().default(null),
  }),
  s3: z.strictObject({
    endpoint: z.string().optional(),
    region: z.string().default('us-east-1'),
    bucket: z.string(),
    forcePathStyle: z.boolean().default(false),
  }),
  api: z.strictObject({
    host: z.string().default('127.0.0.1'),
    port: z.number().int(),
    /** Further hosts under which people and programs reach the API: its DNS name, or that of a proxy. */
    hosts: z.array(HostName).default([]),
    /** Addresses of proxies, or ranges such as 10.0.0.0/8: what they say of the caller's address is taken. */
    proxies: z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])).default([]),
    /** The address in the browsers of people, such as https://sluice.example.com; logins need it. */
    publicUrl: PublicUrl.optional(),
  }),
  access: AccessSettings.prefault({}),
  signing: Signing.prefault({}),
  releases: z
    .strictObject({
      /** The pause between two looks at the catalogue for releases that deploy themselves. */
      watchEvery: duration('1s', '1h').default('3s'),
    })
    .prefault({}),
  notifications: NotificationSettings.prefault({}),
  flink: z.strictObject({ distributions: z.record(FlinkVersion, z.string()), config: FlinkConfig.default({}) }),
  /** The program of the launcher `shell-runner`; needed where a cluster offers it. */
  shellRunner: z
    .strictObject({
      /** Key of `sluice-launcher.jar` in the bucket. */
      jar: z.string(),
      /** Memory of its container. */
      memory: memory.default('1g'),
    })
    .optional(),
  /** Sluice's part in the JVMs of jobs (java/sluice-agent). Without it starts have no gate. */
  agent: z
    .strictObject({
      /** Key of `sluice-agent.jar` in the bucket. Flink finds plugins only in folders below `plugins/`. */
      plugin: z
        .string()
        .regex(/^(.+\/)?plugins\/sluice\/sluice-agent\.jar$/, 'must end with plugins/sluice/sluice-agent.jar'),
      /** Key of `sluice-entry.jar`. Flink's client puts what lies in a folder `lib/` on the class path. */
      entry: z.string().regex(/^(.+\/)?lib\/sluice-entry\.jar$/, 'must end with lib/sluice-entry.jar'),
      /** The lease of jobs with automatic failover. A shorter one would end them all in a short outage of S3. */
      lease: duration('30s', '10m').default(formatDuration(timeLimits.lease)),
      signs: z
        .strictObject({
          /** The pause between two signs of life that only a completed checkpoint gives, because each has its price. */
          checkpoints: duration('10s', '24h').default('5m'),
        })
        .prefault({}),
    })
    .optional(),
  /** When jobs with automatic failover leave a cluster by themselves. */
  failover: z
    .strictObject({
      /** Time without a sign of life of ResourceManager and JVMs. Jobs with a lease give one at least each fourth of it. */
      goneAfter: duration('1m', '1h').default(formatDuration(timeLimits.goneAfter)),
      /** Addresses outside of the clusters. While none of them and no other cluster answers, Sluice itself may be cut off. */
      witnesses: z.array(z.url({ protocol: /^https?$/ })).default([]),
    })
    .prefault({}),
  clusters: z.array(Cluster).min(1),
});

const Config = Fields.superRefine((fields, context) => {
  const message = leavesTooEarly(fields);
  if (message !== null) context.addIssue({ code: 'custom', path: ['failover', 'goneAfter'], message });
});
export type Config = z.infer<typeof Config>;

/**
 * Reads the file that `SLUICE_CONFIG` names (YAML or JSON). Credentials are never in it: S3 takes them from the
 * environment by the AWS SDK's default chain.
 * @throws Error that names the file and every wrong field.
 */
export function loadConfig(path = process.env['SLUICE_CONFIG']): Config {
  if (!path) throw new Error('SLUICE_CONFIG is not set: name the configuration file of this installation');
  const parsed = Config.safeParse(parse(readFileSync(path, 'utf8')));
  const issues = parsed.success ? problemsOfAccess(parsed.data.access, parsed.data.api) : parsed.error.issues;
  if (parsed.success && issues.length === 0) return withBuildId(parsed.data, process.env['SLUICE_BUILD_ID']);
  const problems = issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`${path} is not a valid Sluice configuration:\n${problems.join('\n')}`);
}

/** Each worker is told its own build by the environment, so that one file serves workers of several builds. */
function withBuildId(config: Config, buildId: string | undefined): Config {
  if (!buildId) return config;
  const parsed = BuildId.safeParse(buildId);
  if (!parsed.success) throw new Error(`SLUICE_BUILD_ID ${parsed.error.issues[0]?.message ?? ''}, got "${buildId}"`);
  return { ...config, temporal: { ...config.temporal, buildId: parsed.data } };
}

/** The API key of Temporal in `SLUICE_TEMPORAL_API_KEY`. No configuration holds it, so that none can show it. */
export const temporalApiKeyFromEnvironment = (): string | undefined => process.env['SLUICE_TEMPORAL_API_KEY'];
/** The private key with which this process signs what it asks of jobs. */
export const signingKeyFromEnvironment = (): string | undefined => process.env['SLUICE_SIGNING_KEY'];
/** Secrets of channels in the environment, by channel, such as `SLUICE_CHANNEL_ADS_SLACK_URL` of `ads-slack`. */
export const channelSecretsFromEnvironment = (channels: readonly string[]): Record<string, ChannelSecrets> =>
  Object.fromEntries(
    channels.map((channel) => {
      const names = secretNamesOf(channel);
      return [channel, { url: process.env[names.url], secret: process.env[names.secret] }];
    }),
  );
/** The address in `SLUICE_API`; without it the CLI asks the local stack. */
export const apiAddressFromEnvironment = (): string | undefined => process.env['SLUICE_API'];
/** The token in `SLUICE_TOKEN`, which no argument list shows. */
export const tokenFromEnvironment = (): string | undefined => process.env['SLUICE_TOKEN'];
/** The token that becomes the first one of an installation, chosen by whoever sets it up. */
export const firstTokenFromEnvironment = (): string | undefined => process.env['SLUICE_FIRST_TOKEN'];
/** The secret of this installation at the identity provider; without one it is a public client. */
export const oidcSecretFromEnvironment = (): string | undefined => process.env['SLUICE_OIDC_CLIENT_SECRET'];
/** The context in `SLUICE_CONTEXT`, by name. */
export const contextFromEnvironment = (): string | undefined => process.env['SLUICE_CONTEXT'];
/** The file of the contexts of the CLI. */
export const contextsFileFromEnvironment = (): string =>
  process.env['SLUICE_CONTEXTS'] ??
  join(process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config'), 'sluice', 'contexts.json');
/** The actor of a command that names none. */
export const actorFromEnvironment = (): string => process.env['SLUICE_ACTOR'] ?? process.env['USER'] ?? 'unknown';
