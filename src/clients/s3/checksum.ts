/** SHA-256 as S3 wants it and tells it. */
import { createHash, type Hash } from 'node:crypto';

/** The digest as S3 verifies it (base64) and as metadata (hex), which also servers without checksums keep. */
export function checksums(bucket: string, sha256: Hash | string) {
  const digest = typeof sha256 === 'string' ? Buffer.from(sha256, 'hex') : sha256.digest();
  return { Bucket: bucket, ChecksumSHA256: digest.toString('base64'), Metadata: { sha256: digest.toString('hex') } };
}

/** The digest of a text, in hex: content-addressed texts have it as their name. */
export const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Hex digest out of the answer to HEAD: a composite checksum (`…-3`) covers parts, not the content. */
export function sha256FromHead(checksum: string | undefined, metadata: string | undefined): string | null {
  const verified = checksum === undefined || checksum.includes('-') ? null : Buffer.from(checksum, 'base64');
  if (verified?.length === 32) return verified.toString('hex');
  return metadata !== undefined && /^[0-9a-f]{64}$/i.test(metadata) ? metadata.toLowerCase() : null;
}

/** Digest (hex) and size (bytes) of a stream. */
export async function digestOf(stream: AsyncIterable<Buffer>): Promise<{ sha256: string; size: number }> {
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of stream) {
    hash.update(chunk);
    size += chunk.length;
  }
  return { sha256: hash.digest('hex'), size };
}
