/** Content-addressed texts: `texts/<sha256>`. Workflows pass the sha256, never the text. */
import { sha256Of } from '../clients/s3/checksum.ts';
import type { S3Client } from '../clients/s3/s3.ts';
import type { Deployment } from '../domain/deployment/deployment.ts';
import type { ConfigEntry } from '../domain/deployment/effective-config.ts';
import { textOfShipped, type ShippedFiles } from '../domain/deployment/shipped-files.ts';
import { textKey } from '../domain/identity/storage-keys.ts';
import type { Start } from './compare-starts.ts';
import { getRecord } from './record.ts';

type Storage = Pick<S3Client, 'putIfAbsent'>;

const keep = async (s3: Storage, text: string, contentType: string): Promise<string> => {
  const sha256 = sha256Of(text);
  await s3.putIfAbsent(textKey(sha256), text, contentType);
  return sha256;
};

/** @returns the sha256 of the text. */
export const keepDeploymentFile = (s3: Storage, text: string): Promise<string> => keep(s3, text, 'application/yaml');

/** The text of a deployment file; null when it is not in S3. */
export async function readDeploymentFile(s3: Pick<S3Client, 'get'>, sha256: string): Promise<string | null> {
  return (await s3.get(textKey(sha256)))?.body ?? null;
}

/** Keeps the list of the files that a deployment ships, if it ships any. */
export async function keepShipped(s3: Storage, shipped: ShippedFiles): Promise<void> {
  const text = textOfShipped(shipped);
  if (text !== null) await keep(s3, text, 'application/json');
}

/** @returns null when the list is not in S3. @throws SluiceError `RecordInvalid`. */
export async function readShipped(
  s3: Pick<S3Client, 'get'>,
  { shipped }: { readonly shipped?: string | null },
): Promise<ShippedFiles | null> {
  if (shipped === undefined || shipped === null) return { jars: [], files: [] };
  return (await getRecord(s3, textKey(shipped), 'shipped'))?.value ?? null;
}

/** Keeps the effective configuration of a start, each entry with its origin. @returns the sha256 of its text. */
export const keepConfiguration = (s3: Storage, entries: readonly ConfigEntry[]): Promise<string> =>
  keep(s3, JSON.stringify(entries), 'application/json');

/** @returns null when it is not in S3. @throws SluiceError `RecordInvalid`. */
export async function readConfiguration(
  s3: Pick<S3Client, 'get'>,
  sha256: string,
): Promise<readonly ConfigEntry[] | null> {
  return (await getRecord(s3, textKey(sha256), 'configuration'))?.value ?? null;
}

/** Reads the texts of a recorded start. The configuration of one that was adopted or never submitted is not known. */
export async function readStart(s3: Pick<S3Client, 'get'>, deployment: Deployment): Promise<Start> {
  const { file, configuration } = deployment;
  const [text, entries, shipped] = await Promise.all([
    readDeploymentFile(s3, file),
    configuration === null ? null : readConfiguration(s3, configuration),
    readShipped(s3, deployment),
  ]);
  return { plan: deployment, text, entries, shipped };
}
