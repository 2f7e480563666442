/** Pairs of Ed25519 keys for tests, made anew by each process. */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { Signer } from '../../src/domain/operation/signature.ts';

export interface SigningKey {
  /** The public key, as a job knows it. */
  readonly hex: string;
  /** The public key, as OpenSSL writes it. */
  readonly publicPem: string;
  readonly privatePem: string;
  /** The private part alone, as it may leak: the end of the text of its PEM, and its bytes in hex. */
  readonly secrets: { readonly text: string; readonly hex: string };
  readonly signer: Signer;
}

export function signingKey(keyId: string): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const privatePem = pem(privateKey, 'pkcs8');
  const body = privatePem.replaceAll(/-----[A-Z ]+-----|\s/g, '');
  return {
    hex: (publicKey.export({ format: 'der', type: 'spki' }) as Buffer).subarray(-32).toString('hex'),
    publicPem: pem(publicKey, 'spki'),
    privatePem,
    // The first 16 bytes say that it is a key of Ed25519, and base64 mixes the next two with them.
    secrets: { text: body.slice(24), hex: Buffer.from(body, 'base64').subarray(-32).toString('hex') },
    signer: { keyId, sign: (text) => sign(null, Buffer.from(text), privateKey).toString('hex') },
  };
}

const pem = (key: KeyObject, type: 'spki' | 'pkcs8'): string => key.export({ format: 'pem', type } as never) as string;
