/** Pairs of Ed25519 keys for tests, made anew by each process. */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { Signer } from '../../src/domain/operation/signature.ts';

export interface SigningKey {
  /** The public key, as a job knows it. */
  readonly hex: string;
  /** The public key, as OpenSSL writes it. */
  readonly publicPem: string;
  readonly privatePem: string;
  readonly signer: Signer;
}

export function signingKey(keyId: string): SigningKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  return {
    hex: (publicKey.export({ format: 'der', type: 'spki' }) as Buffer).subarray(-32).toString('hex'),
    publicPem: pem(publicKey, 'spki'),
    privatePem: pem(privateKey, 'pkcs8'),
    signer: { keyId, sign: (text) => sign(null, Buffer.from(text), privateKey).toString('hex') },
  };
}

const pem = (key: KeyObject, type: 'spki' | 'pkcs8'): string => key.export({ format: 'pem', type } as never) as string;
