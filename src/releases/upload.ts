/**
 * Writing a release. Nothing here is undone when it is interrupted, and nothing needs to be: without `release.json` no
 * file of a release is seen, and the next try finds what is there already.
 */
import type { Release, ReleaseFile } from '../domain/release/release.ts';
import { SluiceError } from '../domain/errors/errors.ts';
import { publishedFileKey, releaseFileKey, releaseKey, releaseSourceKey } from '../domain/identity/storage-keys.ts';
import { inTurns } from '../concurrency/in-turns.ts';
import { refuseIfWritten, type PreparedFile, type PreparedRelease } from './files.ts';
import type { S3Client } from '../clients/s3/s3.ts';
import { bodyOf } from '../records/record.ts';

/** Told about each file: `bytes` of `size` are in the bucket. `how` says at the end whether they had to be sent. */
export type UploadProgress = (file: {
  readonly name: string;
  readonly size: number;
  readonly bytes: number;
  readonly how: 'sending' | 'sent' | 'copied' | 'was there';
}) => void;

/** A file beside another one; each big one goes in several parts by itself. */
const FILES_AT_ONCE = 4;

/** @returns the release as written, or null when somebody else has written this version in the meantime. */
export async function storeRelease(
  s3: S3Client,
  { release: wanted, files, sources }: PreparedRelease,
  onProgress: UploadProgress = () => undefined,
): Promise<Release | null> {
  const { project, version } = wanted;
  const [stored] = await Promise.all([
    inTurns(files, (file) => store(s3, wanted, file, onProgress), FILES_AT_ONCE),
    inTurns(sources, ({ entry, text }) =>
      s3.put(releaseSourceKey(project, version, entry.sha256), text, 'application/yaml'),
    ),
  ]);
  const release: Release = { ...wanted, files: wanted.files.map(({ name }) => entryOf(stored, name)) };
  const key = releaseKey(project, version);
  const body = bodyOf(key, 'release', release, { isForPeople: true });
  if ((await s3.putIfAbsent(key, body)) === 'exists') return null;
  await rememberFiles(s3, release);
  return release;
}

function entryOf(stored: readonly ReleaseFile[], name: string): ReleaseFile {
  const entry = stored.find((file) => file.name === name);
  if (entry) return entry;
  throw new Error(`${name} was prepared and not stored`); // the entries of a release are those of its files
}

/**
 * Stores a file under its name where that is free. Where an earlier or simultaneous publish of this version has left
 * other content there, the file goes below its own sha256, which can only ever hold this content.
 */
async function store(
  s3: S3Client,
  release: Release,
  file: PreparedFile,
  onProgress: UploadProgress,
): Promise<ReleaseFile> {
  const { name, size, sha256 } = file.entry;
  const own: ReleaseFile = { ...file.entry, path: `${sha256}/${name}` };
  const tell = (how: Parameters<UploadProgress>[0]['how'], bytes = size) => onProgress({ name, size, bytes, how });
  if (await holds(s3, releaseFileKey(release, file.entry), file.entry)) return (tell('was there'), file.entry);
  const elsewhere = file.from === 'bucket' ? file.key : await publishedBefore(s3, file.entry);
  for (const entry of [file.entry, own]) {
    const key = releaseFileKey(release, entry);
    const copied = elsewhere === null ? 'absent' : await s3.copyIfAbsent(elsewhere, key, sha256);
    const result = copied === 'absent' ? await send(s3, key, file, (bytes) => tell('sending', bytes)) : copied;
    if (result === 'exists') continue;
    tell(copied === 'created' ? 'copied' : 'sent');
    return entry;
  }
  throw new SluiceError(
    'ReleaseConflict',
    `${releaseFileKey(release, own)} does not have the content that its name says`,
  );
}

async function send(
  s3: S3Client,
  key: string,
  file: PreparedFile,
  onBytes: (bytes: number) => void,
): Promise<'created' | 'exists'> {
  switch (file.from) {
    case 'disk':
      await refuseIfWritten(file);
      return await s3.putFile(key, file.path, file.entry.sha256, { ifAbsent: true, onBytes });
    case 'text':
      return await s3.putIfAbsent(key, file.text, 'application/yaml');
    case 'bucket':
      throw new SluiceError('JarMissing', `${file.key} is not there any more, or not what was published`);
  }
}

/** Whether exactly this content is there. */
async function holds(s3: S3Client, key: string, { size, sha256 }: ReleaseFile): Promise<boolean> {
  const there = await s3.head(key);
  return there?.size === size && there.sha256 === sha256;
}

/** The key of a file of the same content; null where none is remembered. */
async function publishedBefore(s3: S3Client, { kind, sha256 }: ReleaseFile): Promise<string | null> {
  const record = kind === 'deployment' ? null : await s3.get(publishedFileKey(sha256));
  if (record === null) return null;
  try {
    const { key } = JSON.parse(record.body) as { key?: unknown }; // looked at below
    return typeof key === 'string' ? key : null;
  } catch {
    return null; // an unreadable note costs one upload
  }
}

/** Remembers the JARs and files for the next release that has them. */
async function rememberFiles(s3: S3Client, release: Release): Promise<void> {
  const files = release.files.filter(({ kind }) => kind !== 'deployment');
  try {
    await inTurns(files, (file) =>
      s3.put(publishedFileKey(file.sha256), `${JSON.stringify({ key: releaseFileKey(release, file) })}\n`),
    );
  } catch {
    // The release is published. The next publish of one of these files has to send it again.
  }
}
