/** Starts the API on a free port, with fakes behind it. */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express } from 'express';
import pino from 'pino';
import type { Links } from '../../src/api/contract.ts';
import { createApp } from '../../src/api/app.ts';
import { createLinks } from '../../src/api/jobs/links.ts';
import { RecordStore } from '../../src/records/record-store.ts';
import { ReleaseCatalogue } from '../../src/releases/catalogue.ts';
import type { Holder, OperationRecord } from '../../src/domain/operation/operation.ts';
import type { InstanceReaders } from '../../src/api/instances/live-instance.ts';
import { createFlinkClient } from '../../src/clients/flink/flink.ts';
import { checkStorage } from '../../src/api/doctor/storage-setup.ts';
import { createFakeS3 } from '../fakes/s3.ts';
import { FakeGateway } from './fake-gateway.ts';

/** Fields of the items of any list: each test reads those that it expects. */
interface SeenItem {
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly path: string;
  readonly number: number;
  readonly completedCheckpoint: number | null;
  readonly jobs: readonly string[];
  readonly abandoned: boolean | null;
  readonly state: string;
  readonly bytes: number | null;
  readonly sharedBytes: number | null;
  readonly application: string;
  readonly file: string;
  readonly live: boolean;
  readonly size: number;
  readonly problem: string | null;
  readonly exceptions: readonly { readonly rootCause: string; readonly stack: string; readonly at: string }[];
}

/** Fields of any answer: each test reads those that it expects. */
export interface Seen {
  readonly code: string;
  readonly status: unknown;
  readonly detail: string;
  readonly hint: string;
  readonly holder: Holder;
  readonly errors: readonly { readonly path: string; readonly line?: number; readonly message: string }[];
  readonly operation: OperationRecord;
  readonly live: { readonly application: string; readonly reachable: boolean; readonly problem: string | null } | null;
  readonly items: readonly SeenItem[];
  readonly nextCursor: string | null;
  readonly links: Links;
  readonly valid: boolean;
  readonly job: string;
  readonly properties: object;
  readonly checks: Readonly<Record<'temporal' | 's3', { readonly ok: boolean }>>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Seen;
}

/** Links to a Temporal UI, and to the ResourceManager of the one cluster. */
const linksOf = createLinks({
  temporal: {
    address: 'localhost:1',
    namespace: 'default',
    taskQueue: 'sluice',
    deployment: 'sluice',
    buildId: null,
    ui: 'http://temporal.example',
  },
  clusters: [
    {
      name: 'yarn-a',
      zone: 'a',
      resourceManager: 'http://rm-a.example:8088',
      user: 'flink',
      resourceScheme: 's3a',
      launchers: ['direct'],
      clientClasspath: '',
      applicationClasspath: '',
      flinkConfig: {},
      elastic: false,
    },
  ],
});

export async function startApp(instances: InstanceReaders = { flink: createFlinkClient(), yarn: new Map() }) {
  const gateway = new FakeGateway();
  const s3 = createFakeS3();
  const logged: string[] = [];
  const app = createApp({
    gateway,
    records: new RecordStore(s3),
    releases: new ReleaseCatalogue(s3),
    clusters: () => Promise.resolve([]),
    doctor: () => checkStorage(s3),
    instances,
    linksOf,
    log: pino({}, { write: (line: string) => void logged.push(line) }),
    version: '0.0.0',
  });
  const { url, stop } = await listen(app);
  return { gateway, s3, logged, url, stop, ...senderTo(url) };
}

export type App = Awaited<ReturnType<typeof startApp>>;

async function listen(app: Express): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const server = await new Promise<Server>((resolve) => {
    const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function senderTo(url: string) {
  async function send(path: string, init: RequestInit = {}): Promise<Answered> {
    const response = await fetch(url + path, init);
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    const body = (/json/.test(type) ? JSON.parse(text) : {}) as Seen; // each test reads the fields that it expects
    return { status: response.status, headers: response.headers, text, body };
  }
  const post = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answered> =>
    send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const operate = (job: string, body: unknown, headers?: Record<string, string>): Promise<Answered> =>
    post(`/api/v1/jobs/${job}/operations`, body, headers);
  return { send, post, operate };
}
