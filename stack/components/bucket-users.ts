// Makes a user of MinIO for each part of Sluice, with the policy that docs/bucket-policies.md prints for AWS.
import { createCipheriv, createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { bucketPolicy, bucketRoles, type BucketRole } from '../../src/domain/access/bucket-rights.ts';
import type { S3Access, Stack } from '../stack.ts';

/** Tests and benchmarks keep the state of jobs here that Flink's own client starts. */
const BY_HAND = ['by-hand/'] as const;

/** The key of a part of Sluice. A bucket from elsewhere has one key for all parts, since the stack rules no users there. */
export function s3As(role: BucketRole, { s3, settings }: Pick<Stack, 's3' | 'settings'>): S3Access {
  if (settings.external.s3 !== undefined) return s3;
  const secretAccessKey = createHmac('sha256', s3.secretAccessKey).update(role).digest('hex').slice(0, 40);
  return { ...s3, accessKeyId: `sluice-${role}`, secretAccessKey };
}

/** Makes or renews all users. Returns false while the server does not take them. */
export async function createBucketUsers(stack: Pick<Stack, 's3' | 'settings'>): Promise<boolean> {
  const { s3 } = stack;
  try {
    for (const role of bucketRoles) {
      const { accessKeyId, secretAccessKey } = s3As(role, stack);
      const user = Buffer.from(JSON.stringify({ secretKey: secretAccessKey, status: 'enabled' }));
      const policy = Buffer.from(JSON.stringify(bucketPolicy(role, s3.bucket, BY_HAND)));
      await ask(s3, 'add-canned-policy', { name: accessKeyId }, policy);
      await ask(s3, 'add-user', { accessKey: accessKeyId }, encrypted(user, s3.secretAccessKey));
      const attached = { isGroup: 'false', policyName: accessKeyId, userOrGroup: accessKeyId };
      await ask(s3, 'set-user-or-group-policy', attached, Buffer.alloc(0));
    }
    return true;
  } catch {
    return false;
  }
}

/**
 * Encrypts a body as MinIO's administration wants it (madmin-go, encrypt.go): salt, kind of key, nonce, then one sealed
 * fragment of at most 16 KiB in the format of sio-go.
 */
function encrypted(text: Buffer, password: string): Buffer {
  const PBKDF2_AES_GCM = 2;
  const [salt, nonce] = [randomBytes(32), randomBytes(8)];
  const key = pbkdf2Sync(password, salt, 8192, 32, 'sha256');
  const seal = (fragment: number, plain: Buffer, bound: Buffer): Buffer => {
    const number = Buffer.alloc(4);
    number.writeUInt32LE(fragment);
    const cipher = createCipheriv('aes-256-gcm', key, Buffer.concat([nonce, number])).setAAD(bound);
    return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  };
  const nothing = Buffer.alloc(0);
  const isLast = Buffer.from([0x80]);
  const bound = Buffer.concat([isLast, seal(0, nothing, nothing)]);
  return Buffer.concat([salt, Buffer.from([PBKDF2_AES_GCM]), nonce, seal(1, text, bound)]);
}

/** Calls MinIO's administration as root. @throws Error when it refuses. */
async function ask(s3: S3Access, call: string, query: Readonly<Record<string, string>>, body: Buffer): Promise<void> {
  const url = new URL(`/minio/admin/v3/${call}?${new URLSearchParams(query).toString()}`, s3.endpoint);
  const headers = signed(s3, url, body);
  const answer = await fetch(url, { method: 'PUT', headers, body, signal: AbortSignal.timeout(5_000) });
  if (!answer.ok) throw new Error(`MinIO refuses ${call}: ${await answer.text()}`);
}

/** Signature Version 4. The query has only names and values that need no encoding, in the order of their names. */
function signed({ region, accessKeyId, secretAccessKey }: S3Access, url: URL, body: Buffer): Record<string, string> {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  const day = time.slice(0, 8);
  const digest = (text: Buffer | string): string => createHash('sha256').update(text).digest('hex');
  const mac = (key: Buffer | string, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const own = { host: url.host, 'x-amz-content-sha256': digest(body), 'x-amz-date': time };
  const lines = Object.entries(own).map(([name, value]) => `${name}:${value}\n`);
  const names = Object.keys(own).join(';');
  const request = ['PUT', url.pathname, url.search.slice(1), lines.join(''), names, own['x-amz-content-sha256']].join(
    '\n',
  );
  const scope = `${day}/${region}/s3/aws4_request`;
  const key = [region, 's3', 'aws4_request'].reduce<Buffer>(mac, mac(`AWS4${secretAccessKey}`, day));
  const signature = createHmac('sha256', key)
    .update(['AWS4-HMAC-SHA256', time, scope, digest(request)].join('\n'))
    .digest('hex');
  const credential = `Credential=${accessKeyId}/${scope}`;
  return { ...own, authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=${names}, Signature=${signature}` };
}
