/** Runs a PostgreSQL of its own for the bench, on an empty folder and on loopback only. */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { accessSync, chownSync, constants, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import type { Program } from './processes.ts';

const DEBIAN = '/usr/lib/postgresql';
const USER = 'temporal';

export interface Database {
  readonly program: Program;
  readonly port: number;
  readonly user: string;
  readonly password: string;
}

/** Makes an empty cluster of databases, unless the folder has one. */
export async function prepareDatabase(folder: string, port: number): Promise<Database> {
  const binaries = findBinaries();
  const user = await unprivileged();
  const data = join(folder, 'postgres');
  const passwordFile = join(folder, 'postgres-password');
  const password = randomBytes(16).toString('hex');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (user) for (const path of [data, passwordFile]) chownSync(path, user.uid, user.gid);
  const init = ['-D', data, '-U', USER, `--pwfile=${passwordFile}`, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C'];
  await promisify(execFile)(join(binaries, 'initdb'), init, { cwd: folder, ...user });
  const settings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    shared_buffers: '256MB',
  };
  return {
    port,
    user: USER,
    password,
    program: {
      name: 'postgresql',
      command: join(binaries, 'postgres'),
      args: ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      directory: folder,
      environment: process.env,
      as: user,
      // Fast shutdown: it cuts connections, and writes a checkpoint.
      endBy: 'SIGINT',
      isReady: (logged) => logged().includes('database system is ready to accept connections'),
    },
  };
}

/** The folder with `initdb` and `postgres`: on PATH, or where Debian puts them. */
function findBinaries(): string {
  const debian = existsSync(DEBIAN)
    ? readdirSync(DEBIAN)
        .sort((a, b) => Number(b) - Number(a))
        .map((version) => join(DEBIAN, version, 'bin'))
    : [];
  const folders = [...(process.env['PATH'] ?? '').split(delimiter).filter(Boolean), ...debian];
  const found = folders.find((folder) => ['initdb', 'postgres'].every((name) => isExecutable(join(folder, name))));
  if (found !== undefined) return found;
  throw new Error(
    'PostgreSQL is not installed: initdb and postgres are neither on PATH nor below /usr/lib/postgresql. ' +
      'On Debian and Ubuntu the package is "postgresql" (apt-get install --no-install-recommends postgresql).',
  );
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** PostgreSQL refuses to run as root: there it runs as the user that its package makes. */
async function unprivileged(): Promise<{ readonly uid: number; readonly gid: number } | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const idOf = async (flag: string): Promise<number> =>
    Number((await promisify(execFile)('id', [flag, 'postgres'])).stdout.trim());
  try {
    return { uid: await idOf('-u'), gid: await idOf('-g') };
  } catch (cause) {
    throw new Error(
      'PostgreSQL does not run as root, and there is no user "postgres". Run the bench as another user.',
      {
        cause,
      },
    );
  }
}

/** Tells whether something listens on a port of loopback. */
export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
