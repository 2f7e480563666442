/** The only place that connects to Temporal. Connections follow their files: a renewed certificate or key needs no restart. */
import { isDeepStrictEqual } from 'node:util';
import { Connection } from '@temporalio/client';
import { NativeConnection, type Worker } from '@temporalio/worker';
import { messageOf } from '../../domain/errors/message-of.ts';
import { whyNoConnection } from './connection-failures.ts';
import { interceptors } from './interceptors.ts';
import { readCredentials, type Credentials, type TemporalAccess } from './credentials.ts';

/** Certificates and keys are renewed hours or days before they end. */
const LOOK_EVERY_MS = 30_000;
/** Calls that began on the connection before have ended by then; a long poll of a worker takes a minute. */
const OUTLIVES_MS = 90_000;

export interface Log {
  info(text: string): void;
  warn(text: string): void;
}

export interface KeptConnection<Kind> {
  /** Passes each call on to the newest connection. */
  readonly connection: Kind;
  readonly newest: () => Kind;
  close(): Promise<void>;
}

/** Connects on the first call. @throws Error when the files of `access` cannot be used. */
export const connectClient = (
  access: TemporalAccess,
  log: Log,
  lookEveryMs = LOOK_EVERY_MS,
): KeptConnection<Connection> => {
  const open = (credentials: Credentials): Connection => Connection.lazy({ ...credentials, interceptors });
  const first = readCredentials(access);
  return keep({ access, open, log, lookEveryMs }, { credentials: first, connection: open(first) });
};

export interface WorkerConnection extends KeptConnection<NativeConnection> {
  /** Gives a worker, which was made with the newest connection, each later one. */
  readonly serve: (worker: Pick<Worker, 'connection'>) => void;
}

/** Connects now. @throws Error that says why Temporal cannot be reached, and what to do. */
export async function connectWorker(
  access: TemporalAccess,
  log: Log,
  lookEveryMs = LOOK_EVERY_MS,
): Promise<WorkerConnection> {
  const first = readCredentials(access);
  const open = (credentials: Credentials) => NativeConnection.connect(credentials);
  const connection = await open(first).catch(async (failure: unknown) => {
    throw new Error(await whyNoConnection(access, failure), { cause: failure });
  });
  const served: Pick<Worker, 'connection'>[] = [];
  const changed = (next: NativeConnection): void => {
    for (const worker of served) worker.connection = next;
  };
  const kept = keep({ access, open, log, lookEveryMs, changed }, { credentials: first, connection });
  const serve = (worker: Pick<Worker, 'connection'>): void => {
    served.push(worker);
    changed(kept.newest());
  };
  return { ...kept, serve };
}

interface Opened<Kind> {
  readonly credentials: Credentials;
  readonly connection: Kind;
}

interface Keeping<Kind> {
  readonly access: TemporalAccess;
  readonly open: (credentials: Credentials) => Kind | Promise<Kind>;
  readonly changed?: (connection: Kind) => void;
  readonly log: Log;
  readonly lookEveryMs: number;
}

/** Looks at the files from time to time. A file that cannot be read or used leaves the connection as it is. */
function keep<Kind extends Connection | NativeConnection>(
  { access, open, changed, log, lookEveryMs }: Keeping<Kind>,
  opened: Opened<Kind>,
): KeptConnection<Kind> {
  let newest = opened;
  let isLooking = false;
  let isClosed = false;
  const replaced = new Set<Kind>();

  async function look(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    try {
      const credentials = readCredentials(access);
      if (isDeepStrictEqual(credentials, newest.credentials)) return;
      const before = newest.connection;
      const connection = await open(credentials);
      if (isClosed) {
        await connection.close();
        return;
      }
      // Before it counts as the newest: what fails here is tried again at the next look.
      changed?.(connection);
      newest = { credentials, connection };
      replaced.add(before);
      setTimeout(() => void end(before), OUTLIVES_MS).unref();
      log.info('connected to Temporal with renewed credentials');
    } catch (failure) {
      log.warn(`the renewed credentials of Temporal are not used: ${messageOf(failure)}`);
    } finally {
      isLooking = false;
    }
  }
  async function end(connection: Kind): Promise<void> {
    if (!replaced.delete(connection)) return;
    await connection.close().catch((failure: unknown) => log.warn(`closing a connection: ${messageOf(failure)}`));
  }

  const timer = setInterval(() => void look(), lookEveryMs).unref();
  return {
    connection: passingOn(() => newest.connection),
    newest: () => newest.connection,
    async close() {
      isClosed = true;
      clearInterval(timer);
      await Promise.all([...replaced].map(end));
      await newest.connection.close();
    },
  };
}

/** `Client` reads the services of its connection anew for each call, so it need not know of a renewal. */
function passingOn<Kind extends object>(newest: () => Kind): Kind {
  return new Proxy({} as Kind, {
    get: (_nothing, name) => {
      const connection = newest();
      const value: unknown = Reflect.get(connection, name, connection);
      return typeof value === 'function' ? (value.bind(connection) as unknown) : value;
    },
  });
}
