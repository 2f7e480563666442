/**
 * Worker and API reach a Temporal as companies run it, behind TLS, client certificates and API keys, and say why they cannot.
 *
 * The server is the real one; the front before it checks certificates as OpenSSL does, and API keys by their header.
 *
 * Seen to fail: a worker that keeps its first connection polls with a key that has ended; a worker that registers all search
 * attributes, be they there or not, needs a right that it has not.
 */
import { copyFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
// The SDK requires the payload converter by its path: Node must be able to require TypeScript.
import 'tsx/cjs';
import { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { connectClient, connectWorker, type Log } from '../../src/temporal/connection/connection.ts';
import { whyNoConnection } from '../../src/temporal/connection/connection-failures.ts';
import type { TemporalAccess } from '../../src/temporal/connection/credentials.ts';
import { ensureSearchAttributes } from '../../src/temporal/search-attributes.ts';
import { payloadConverterPath } from '../../src/temporal/worker-options.ts';
import { Authority, startFront, type Front } from './front.ts';

const namespace = 'connection';
const { address: temporal, codePath } = inject('sharedServer');
const UNAUTHENTICATED = 16;
const PERMISSION_DENIED = 7;
const KEYWORD = proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;

const good = new Authority('sluice-good');
const other = new Authority('sluice-other');
const client = good.issue('client', 'DNS:sluice');
const stranger = other.issue('stranger', 'DNS:sluice');
const atAddress = good.issue('server', 'DNS:temporal.test,IP:127.0.0.1');
const atName = good.issue('named', 'DNS:temporal.test');

const fronts: Record<'tls' | 'mutual' | 'named' | 'key', Front> = {} as never; // filled before the first test
let web: Server;
const validKeys = new Set(['key-1']);

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const byKey = (_path: string, { authorization = '' }: { authorization?: string | undefined }) =>
    validKeys.has(authorization.replace(/^Bearer /, '')) ? null : UNAUTHENTICATED;
  fronts.tls = await startFront(temporal, atAddress);
  fronts.mutual = await startFront(temporal, { ...atAddress, clientCaFile: good.caFile });
  fronts.named = await startFront(temporal, atName);
  fronts.key = await startFront(temporal, { ...atAddress, refuses: byKey });
  web = createServer((_request, response) => response.end('a page'));
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  await Promise.all(Object.values(fronts).map((front) => front.close()));
  web.close();
});

const portOf = (server: Server): number => (server.address() as AddressInfo).port; // a server on a port has one

const access = (address: string, more: Partial<TemporalAccess> = {}): TemporalAccess => ({
  address,
  namespace,
  tls: undefined,
  apiKeyFile: undefined,
  apiKey: undefined,
  ...more,
});

class Said implements Log {
  readonly lines: string[] = [];
  info(text: string): void {
    this.lines.push(text);
  }
  warn(text: string): void {
    this.lines.push(text);
  }
}

/** Does the first calls of a worker and of the API. */
async function bothSpeak(given: TemporalAccess): Promise<void> {
  const worker = await connectWorker(given, new Said());
  await ensureSearchAttributes(worker.connection, namespace);
  await worker.close();
  const api = connectClient(given, new Said());
  const described = await new Client({ ...api, namespace }).workflowService.describeNamespace({ namespace });
  expect(described.namespaceInfo?.name).toBe(namespace);
  await api.close();
}

test('worker and API speak TLS, with a client certificate where it is asked for', async () => {
  await bothSpeak(access(temporal));
  await bothSpeak(access(fronts.tls.address, { tls: { caFile: good.caFile } }));
  await bothSpeak(access(fronts.mutual.address, { tls: { caFile: good.caFile, ...client } }));
  await bothSpeak(access(fronts.named.address, { tls: { caFile: good.caFile, serverName: 'temporal.test' } }));
});

test('an API key goes with each call, over TLS only', async () => {
  await bothSpeak(access(fronts.key.address, { tls: { caFile: good.caFile }, apiKey: 'key-1' }));
  expect(new Set(fronts.key.authorizations)).toEqual(new Set(['Bearer key-1']));
  // The server behind speaks no TLS and takes every key: without TLS the connection would come about.
  await expect(connectWorker(access(temporal, { apiKey: 'key-1' }), new Said())).rejects.toThrow('it speaks no TLS');
});

interface Fault {
  readonly given: () => TemporalAccess;
  readonly cause: string;
  readonly advice: string;
}

const ca = { caFile: good.caFile };
const faults: Readonly<Record<string, Fault>> = {
  'an authority that is not trusted': {
    given: () => access(fronts.tls.address, { tls: { caFile: other.caFile } }),
    cause: 'its certificate is signed by an authority that is not trusted here',
    advice: 'temporal.tls.caFile',
  },
  'another name than that of the certificate': {
    given: () => access(fronts.named.address, { tls: ca }),
    cause: 'its certificate is for DNS:temporal.test, not for 127.0.0.1:',
    advice: 'temporal.tls.serverName',
  },
  'no client certificate': {
    given: () => access(fronts.mutual.address, { tls: ca }),
    cause: 'it asks for a client certificate',
    advice: 'temporal.tls.certFile',
  },
  'a client certificate of another authority': {
    given: () => access(fronts.mutual.address, { tls: { ...ca, ...stranger } }),
    cause: 'refuse the client certificate',
    advice: 'temporal.tls.certFile',
  },
  'TLS that only the server speaks': {
    given: () => access(fronts.tls.address),
    cause: 'it speaks TLS, and the configuration does not ask for it',
    advice: 'Set temporal.tls',
  },
  'TLS that only the configuration speaks': {
    given: () => access(temporal, { tls: ca }),
    cause: 'it speaks no TLS',
    advice: 'temporal.address',
  },
  'the port of a web page': {
    given: () => access(`127.0.0.1:${portOf(web)}`),
    cause: 'it does not speak HTTP/2',
    advice: 'temporal.address',
  },
  'a port where nothing listens': {
    given: () => access('127.0.0.1:1', { tls: ca }),
    cause: 'nothing listens there',
    advice: 'temporal.address',
  },
  'a host that does not exist': {
    given: () => access('temporal.invalid:7233', { tls: ca }),
    cause: 'its host name does not resolve',
    advice: 'temporal.address',
  },
  'no API key': {
    given: () => access(fronts.key.address, { tls: ca }),
    cause: 'it asks for credentials',
    advice: 'SLUICE_TEMPORAL_API_KEY',
  },
  'an API key that ended': {
    given: () => access(fronts.key.address, { tls: ca, apiKey: 'key-0' }),
    cause: 'it refuses the API key',
    advice: `read and write in namespace ${namespace}`,
  },
};

test.concurrent.each(Object.entries(faults))('%s: worker and API say it', async (_name, { given, cause, advice }) => {
  const failure: unknown = await connectWorker(given(), new Said()).catch((error: unknown) => error);
  const said = failure instanceof Error ? failure.message : '';
  expect(said).toContain(`Temporal at ${given().address} cannot be used: `);
  expect(said).toContain(cause);
  expect(said).toContain(advice);

  const api = connectClient(given(), new Said());
  const asked = new Client({ ...api, namespace }).withDeadline(Date.now() + 3_000, () =>
    api.connection.workflowService.describeNamespace({ namespace }),
  );
  const heard: unknown = await asked.catch((error: unknown) => error);
  expect(heard).toBeInstanceOf(Error);
  expect(await whyNoConnection(given(), heard)).toContain(cause);
  await api.close();
});

test('a namespace that does not exist is named', async () => {
  const given = access(temporal, { namespace: 'nowhere' });
  const worker = await connectWorker(given, new Said());
  const heard: unknown = await ensureSearchAttributes(worker.connection, 'nowhere').catch((error: unknown) => error);
  expect(await whyNoConnection(given, heard)).toContain('it has no namespace nowhere. Create the namespace');
  await worker.close();
});

test('files that cannot be used are named with their field', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-tls-'));
  const text = join(folder, 'text');
  writeFileSync(text, '');
  const refused = (more: Partial<TemporalAccess>, why: string): void =>
    expect(() => connectClient(access('127.0.0.1:1', more), new Said())).toThrow(why);
  refused({ tls: { caFile: join(folder, 'none') } }, 'temporal.tls.caFile cannot be read: ENOENT');
  refused({ tls: { caFile: text } }, `temporal.tls.caFile ${text} has no certificate in PEM form`);
  refused(
    { tls: { certFile: client.certFile, keyFile: stranger.keyFile } },
    `temporal.tls.keyFile ${stranger.keyFile} is not the key of temporal.tls.certFile`,
  );
  refused({ apiKeyFile: text }, `temporal.apiKeyFile ${text} is empty`);
  refused({ apiKeyFile: text, apiKey: 'k' }, 'SLUICE_TEMPORAL_API_KEY and temporal.apiKeyFile both give an API key');
});

/** Polls without a limit of its own: the time-out of the test is one. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}

test('a renewed API key and certificate are used without a restart, a broken file is not', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-tls-'));
  const [caFile, apiKeyFile] = [join(folder, 'ca'), join(folder, 'key')];
  copyFileSync(good.caFile, caFile);
  writeFileSync(apiKeyFile, 'key-1\n');
  const given = access(fronts.key.address, { tls: { caFile }, apiKeyFile });
  const [workerSaid, apiSaid] = [new Said(), new Said()];
  const held = await connectWorker(given, workerSaid, 20);
  const taskQueue = 'renewed';
  const worker = await Worker.create({
    connection: held.newest(),
    namespace,
    taskQueue,
    workflowBundle: { codePath },
    dataConverter: { payloadConverterPath },
  });
  held.serve(worker);
  const api = connectClient(given, apiSaid, 20);
  const gateway = new Client({ ...api, namespace });

  await worker.runUntil(async () => {
    writeFileSync(caFile, 'no certificate');
    await until(() => [workerSaid, apiSaid].every(({ lines }) => /has no certificate/.test(lines.at(-1) ?? '')));
    copyFileSync(good.caFile, caFile);
    writeFileSync(apiKeyFile, 'key-2\n');
    validKeys.add('key-2');
    await until(() => [workerSaid, apiSaid].every(({ lines }) => /renewed credentials$/.test(lines.at(-1) ?? '')));
    validKeys.delete('key-1');
    fronts.key.authorizations.length = 0;
    // A run with another id than a job's ends at once, in a task that the worker takes.
    await gateway.workflow.execute('flinkJob', { workflowId: 'renewed', taskQueue, args: [{}] });
    expect(new Set(fronts.key.authorizations)).toEqual(new Set(['Bearer key-2']));
  });
  validKeys.add('key-1');
  await held.close();
  await api.close();
});

test('a worker that may not register search attributes looks, and says what is missing', async () => {
  const bare = 'connection-bare';
  const seen: string[] = [];
  const front = await startFront(temporal, {
    ...atAddress,
    refuses: (path) => {
      seen.push(path.replace(/^.*\//, ''));
      return path.endsWith('/AddSearchAttributes') ? PERMISSION_DENIED : null;
    },
  });
  const strict = await startFront(temporal, {
    ...atAddress,
    refuses: (path) => (path.includes('OperatorService') ? PERMISSION_DENIED : null),
  });
  const worker = await connectWorker(access(front.address, { tls: ca }), new Said());
  const cloud = await connectWorker(access(strict.address, { tls: ca }), new Said());
  const free = await connectWorker(access(temporal), new Said());
  // All are there: nobody asks for a right that is not needed.
  await ensureSearchAttributes(worker.connection, namespace);
  expect(seen).not.toContain('AddSearchAttributes');
  await ensureSearchAttributes(cloud.connection, namespace);

  await free.connection.workflowService.registerNamespace({
    namespace: bare,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as never }, // the type wants a Long, the server a number
  });
  await untilFound(() => free.connection.operatorService.listSearchAttributes({ namespace: bare }));
  await free.connection.operatorService.addSearchAttributes({
    namespace: bare,
    searchAttributes: { FlinkJobName: KEYWORD },
  });
  for (const { connection } of [worker, cloud]) {
    const refusal = ensureSearchAttributes(connection, bare);
    await expect(refusal).rejects.toThrow('may not register them (Request unauthorized.)');
    await expect(refusal).rejects.toThrow(
      `temporal operator search-attribute create --namespace ${bare} --name FlinkJobState --type Keyword --name FlinkE`,
    );
    await expect(refusal).rejects.not.toThrow('--name FlinkJobName');
  }
  await ensureSearchAttributes(free.connection, bare);
  await ensureSearchAttributes(worker.connection, bare);
  await Promise.all([worker, cloud, free].map((each) => each.close()));
  await Promise.all([front.close(), strict.close()]);
});

/** A namespace is known to all parts of the server a little after it is registered. */
async function untilFound(look: () => Promise<unknown>): Promise<void> {
  for (;;) {
    const found = await look().then(
      () => true,
      () => false,
    );
    if (found) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
