/** The private key with which this process signs what it asks of jobs. */
import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Config } from '../../config.ts';
import { messageOf } from '../../domain/errors/message-of.ts';
import type { PublicKeys, Signer } from '../../domain/operation/signature.ts';

interface SigningParts {
  readonly required: PublicKeys | null;
  readonly signer: Signer | null;
}

/**
 * Reads the key of this process, and says whether jobs must require signatures.
 * @param fromEnvironment the private key itself, which comes before the file.
 * @throws Error that names the setting; never with a part of the key.
 */
export function createSigning(
  { required, keys, keyId, keyFile }: Config['signing'],
  fromEnvironment: string | undefined,
): SigningParts {
  const text = fromEnvironment ?? (keyFile === undefined ? undefined : read(keyFile));
  const source = fromEnvironment === undefined ? `the file of signing.keyFile` : 'SLUICE_SIGNING_KEY';
  if (text === undefined) {
    if (required)
      throw new Error(
        'signing.required needs a private key: set signing.keyFile, or SLUICE_SIGNING_KEY in the environment',
      );
    return { required: null, signer: null };
  }
  if (keyId === undefined) throw new Error(`${source} holds a private key: signing.keyId must name it`);
  const key = privateKeyIn(text, source);
  if (publicHexOf(key) !== keys[keyId])
    throw new Error(`the public key of ${source} is not the one that signing.keys has under ${keyId}`);
  const signer: Signer = { keyId, sign: (message) => sign(null, Buffer.from(message), key).toString('hex') };
  return { required: required ? keys : null, signer };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`signing.keyFile cannot be read: ${messageOf(error)}`, { cause: error });
  }
}

/** Reads PEM, or the base64 of its inside, which fits a line of an environment. */
function privateKeyIn(text: string, source: string): KeyObject {
  const isPem = text.includes('-----BEGIN');
  let key: KeyObject | null = null;
  try {
    key = isPem
      ? createPrivateKey(text)
      : createPrivateKey({ key: Buffer.from(text, 'base64'), format: 'der', type: 'pkcs8' });
  } catch {
    // Told below, without the words of OpenSSL, which may show the text.
  }
  if (key?.asymmetricKeyType === 'ed25519') return key;
  throw new Error(`${source} holds no Ed25519 key: make one with \`openssl genpkey -algorithm ed25519\``);
}

/** The last 32 bytes of a public key in DER are its point. */
const publicHexOf = (key: KeyObject): string =>
  createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
