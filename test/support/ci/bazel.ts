/** Runs a real Bazel: the one on PATH, else Debian's, unpacked into the cache without touching the system. */
import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runCommand } from '../../../stack/cache/command.ts';
import { ensureEntry } from '../../../stack/cache/entry.ts';
import { readSettings } from '../../../stack/settings.ts';
import type { Ended } from '../commands.ts';

/** Where and how Bazel runs. */
export interface BazelRun {
  /** The folder that somebody would be in. */
  readonly folder: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Bazel {
  /** `bazel <command> <options and arguments …>`. */
  readonly run: (args: readonly [command: string, ...rest: string[]], where: BazelRun) => Promise<Ended>;
  /** Ends the server of the workspace that a folder belongs to. */
  readonly shutDown: (folder: string) => Promise<void>;
}

const LONGEST_COMMAND_MS = 180_000;

/** @param outputRoot Folder for everything that Bazel writes. */
export async function prepareBazel(outputRoot: string): Promise<Bazel> {
  const { command, startup, environment } = installedBazel() ?? (await unpackedBazel());
  // A server that nobody could shut down ends by itself.
  const options = [...startup, `--output_user_root=${outputRoot}`, '--host_jvm_args=-Xmx512m', '--max_idle_secs=120'];
  const start = (args: readonly string[], where: BazelRun): Promise<Ended> =>
    new Promise((resolve) => {
      const env = { ...readSettings().environment, ...environment, ...where.environment };
      const settings = { cwd: where.folder, env, timeout: LONGEST_COMMAND_MS };
      execFile(command, [...options, ...args], settings, (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr });
      });
    });
  return {
    run: ([verb, ...rest], where) => start([verb, '--jobs=2', '--color=no', '--curses=no', ...rest], where),
    shutDown: async (folder) => {
      await start(['shutdown'], { folder });
    },
  };
}

interface Installation {
  readonly command: string;
  readonly startup: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

function installedBazel(): Installation | undefined {
  const folders = (readSettings().environment['PATH'] ?? '').split(delimiter);
  const command = folders
    .map((folder) => join(folder, 'bazel'))
    .find((file) => statSync(file, { throwIfNoEntry: false })?.isFile());
  return command === undefined ? undefined : { command, startup: [], environment: {} };
}

async function unpackedBazel(): Promise<Installation> {
  const root = await ensureEntry(readSettings().cacheDirectory, 'bazel-debian', unpackBazel);
  const usr = join(root, 'usr');
  return {
    command: join(usr, 'bin', 'bazel-4'),
    startup: [`--install_base=${join(usr, 'share', 'bazel')}`, '--trust_install_base'],
    environment: { LD_LIBRARY_PATH: libraryFolderOf(usr) },
  };
}

/** `bazel-bootstrap`, and the packages that it only recommends but that analysing a workspace needs. */
const PACKAGES = ['bazel-bootstrap', 'bazel-rules-java', 'bazel-skylib', 'bazel-rules-cc', 'bazel-platforms'];

async function unpackBazel(directory: string): Promise<void> {
  const { environment } = readSettings();
  const lists = join(directory, 'lists');
  const apt = (...args: string[]): Promise<string> => runCommand('apt-get', args, { environment, directory });
  try {
    // Lists of its own, which need no privileges and cannot be out of date.
    mkdirSync(join(lists, 'partial'), { recursive: true });
    const own = ['-o', `Dir::State::lists=${lists}`, '-o', `Dir::Cache=${lists}`, '-o', 'Acquire::Retries=3'];
    await apt(...own, '-qq', 'update');
    const plan = await apt(...own, '--simulate', '--no-install-recommends', 'install', ...PACKAGES);
    // Bazel's server brings its Java libraries along, and a JDK is there.
    const added = [...plan.matchAll(/^Inst (\S+) \(/gm)].map(([, name = '']) => name);
    const needed = added.filter((name) => /^(bazel-|lib)/.test(name) && !name.endsWith('-java'));
    await apt(...own, '-qq', 'download', ...needed);
    for (const name of readdirSync(directory).filter((file) => file.endsWith('.deb'))) {
      await runCommand('dpkg-deb', ['-x', join(directory, name), directory], { environment });
      rmSync(join(directory, name));
    }
    rmSync(lists, { recursive: true });
  } catch (cause) {
    throw new Error(
      `The tests of flink_release need Bazel, and it could not be had from Debian's packages. Put a \`bazel\` on PATH ` +
        `(Debian: apt-get install ${PACKAGES.join(' ')}), then run them again. ${(cause as Error).message}`,
      { cause },
    );
  }
  tellHelpersTheirLibraries(join(directory, 'usr'));
}

/** Bazel starts its helpers with an empty environment, in which they would look for libraries in the system only. */
function tellHelpersTheirLibraries(usr: string): void {
  const [triplet = ''] = readdirSync(join(usr, 'libexec'));
  const folder = join(usr, 'libexec', triplet, 'bazel');
  for (const name of readdirSync(folder)) {
    renameSync(join(folder, name), join(folder, `${name}.program`));
    const script = [
      '#!/bin/sh',
      'here="$(dirname "$(readlink -f "$0")")"',
      `LD_LIBRARY_PATH="$here/../../../lib/${triplet}" exec "$here/${name}.program" "$@"`,
    ];
    writeFileSync(join(folder, name), `${script.join('\n')}\n`, { mode: 0o755 });
  }
}

function libraryFolderOf(usr: string): string {
  const [triplet = ''] = readdirSync(join(usr, 'libexec'));
  return join(usr, 'lib', triplet);
}
