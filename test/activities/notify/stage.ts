/** A notifier with real receivers, S3 in memory and jobs in memory; it can die at any call to S3 or to a channel. */
import { setTimeout as sleep } from 'node:timers/promises';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { createActivities } from '../../../src/activities/index.ts';
import { createChannels, type Channels } from '../../../src/clients/channels/channels.ts';
import type { S3Client } from '../../../src/clients/s3/s3.ts';
import { notificationLedgerKey, textKey } from '../../../src/domain/identity/storage-keys.ts';
import type { JobMemory } from '../../../src/domain/job/job-memory.ts';
import type { Ledger } from '../../../src/domain/notification/ledger.ts';
import { NotificationSettings } from '../../../src/domain/notification/settings.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { writeAudit } from '../../../src/records/audit.ts';
import { jobFeedOn } from '../../../src/temporal/jobs/job-feed.ts';
import { FakeGateway } from '../../api/fake-gateway.ts';
import { deployment } from '../../support/deployment.ts';
import { quickNotifier } from '../../world/patience.ts';
import { createWorld, type World } from '../../world/world.ts';

const INSTALLATION = 'test';
export const FILE = 'b'.repeat(64);

/** A call at which a notifier dies, or null to let it pass. */
export type Fate = (call: string) => 'before' | 'after' | null;

export interface Running {
  /** As a worker that shuts down. */
  stop(): Promise<void>;
  /** How it ended. */
  readonly ended: Promise<unknown>;
  readonly isDead: () => boolean;
}

export class Stage {
  readonly gateway = new FakeGateway();
  readonly world: World;
  readonly settings: NotificationSettings;
  readonly #running: Running[] = [];

  private constructor(world: World, settings: NotificationSettings) {
    this.world = world;
    this.settings = settings;
    this.gateway.visibility.hasDigests = true;
  }

  static async open(settings: unknown): Promise<Stage> {
    const stage = new Stage(await createWorld({ clusterNames: [] }), NotificationSettings.parse(settings));
    const file = [
      'owner: {team: ads-streaming, contacts: ["#ads-streaming"]}',
      'links: {runbook: "https://wiki.example.com/clicks"}',
    ];
    await stage.world.s3.put(textKey(FILE), file.join('\n'));
    return stage;
  }

  /** Begins a notifier; with a fate it dies as a killed process does: no call of it has an effect any more. */
  begin(fate: Fate = () => null): Running {
    let isDead = false;
    const mortal = <T>(call: string, act: () => Promise<T>): Promise<T> => dying(call, act);
    const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
    const dying = async <T>(call: string, act: () => Promise<T>): Promise<T> => {
      if (isDead) return await never();
      const when = fate(call);
      if (when === 'before') isDead = true;
      if (isDead) return await never();
      const result = await act();
      if (when === 'after') isDead = true;
      return isDead ? await never() : result;
    };
    const { s3 } = this.world;
    const store = {
      ...s3,
      get: (key: string) => mortal(`get ${key}`, () => s3.get(key)),
      put: (key: string, ...rest: [string]) => mortal(`put ${key}`, () => s3.put(key, ...rest)),
      putIfAbsent: (key: string, ...rest: [string]) => mortal(`put ${key}`, () => s3.putIfAbsent(key, ...rest)),
      putIfMatch: (key: string, ...rest: [string, string]) => mortal(`put ${key}`, () => s3.putIfMatch(key, ...rest)),
      removeAll: (keys: readonly string[]) => mortal('remove', () => s3.removeAll(keys)),
    } as S3Client;
    const real = createChannels({
      settings: this.settings,
      installation: INSTALLATION,
      publicUrl: 'https://sluice.example.com',
      secrets: secretsOf(this.settings),
    });
    const channels: Channels = {
      ...real,
      send: (name, message) => mortal(`send ${name}`, () => real.send(name, message)),
    };
    const { settings, gateway } = this;
    const notifier = { settings, channels, pace: quickNotifier, follow: () => jobFeedOn(gateway) };
    const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
    const dependencies = { ...this.world.dependencies, s3: store, notifier };
    const ended = environment
      .run(() => createActivities(dependencies).notify())
      .then(
        (result) => result,
        (failure: unknown) => failure,
      );
    const running = {
      ended,
      isDead: () => isDead,
      async stop() {
        environment.cancel('WORKER_SHUTDOWN');
        if (!isDead) await ended;
      },
    };
    this.#running.push(running);
    return running;
  }

  /** Puts a job of team ads-streaming in prod that runs deployment 2. */
  put(job: string, change: Partial<JobMemory> = {}): void {
    const ownership = { project: 'clicks', team: 'ads-streaming', environment: 'prod' };
    const current = { ...deployment, job, file: FILE };
    const now = new Date().toISOString();
    this.gateway.put(job, {
      state: 'running',
      health: 'healthy',
      desired: 'running',
      current,
      ownership,
      stateSince: now,
      ...change,
    });
  }

  /** Leaves a job failed, for a person. */
  fail(job: string, change: Partial<JobMemory> = {}): void {
    this.put(job, { state: 'failed', stateReason: 'main() threw', ...change });
  }

  /** Ends an operation of a job, as its workflow does: its record goes to the audit log, and the next run begins. */
  async end(record: OperationRecord, { isWritten = true } = {}): Promise<void> {
    if (isWritten) await this.write(record);
    this.put(record.job, { operations: [record] });
  }

  async write(record: OperationRecord): Promise<void> {
    await writeAudit(this.world.s3, record);
  }

  ledger(): Ledger | null {
    return this.world.json(notificationLedgerKey(INSTALLATION)) as Ledger | null;
  }

  async close(): Promise<void> {
    for (const running of this.#running) await running.stop();
    await this.world.close();
  }
}

const secretsOf = ({ channels }: NotificationSettings) =>
  Object.fromEntries(Object.keys(channels).map((name) => [name, { secret: 'secret' }]));

export async function until(what: string, holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 2_000; turn += 1) {
    if (holds()) return;
    await sleep(10);
  }
  throw new Error(`waited in vain for ${what}`);
}
