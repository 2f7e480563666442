/** A process signs only with a key that the configuration knows, and shows nothing of it when it is wrong. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { introduce, signableOf, signatureProblem } from '../../src/domain/operation/signature.ts';
import { createSigning } from '../../src/temporal/connection/signer.ts';
import { signingKey } from '../support/signing-keys.ts';

const key = signingKey('k1');
const keys = { k1: key.hex, k2: signingKey('k2').hex };
const bare = key.privatePem.replaceAll(/-----[A-Z ]+-----|\s/g, '');
const file = (text: string): string => {
  const path = join(mkdtempSync(join(tmpdir(), 'sluice-signing-')), 'key.pem');
  writeFileSync(path, text);
  return path;
};

test.each([
  ['a file', { keyFile: file(key.privatePem) }, undefined],
  ['the environment', {}, key.privatePem],
  ['a line of the environment', {}, bare],
  ['the environment, before a file', { keyFile: '/nowhere' }, key.privatePem],
])('the key comes from %s', (_where, more, environment) => {
  const { signer, required } = createSigning({ required: true, keys, keyId: 'k1', ...more }, environment);
  expect(required).toEqual(keys);
  const asked = { job: 'clicks', kind: 'stop', payload: { id: 's' }, sender: { door: 'api' } } as const;
  expect(signatureProblem(keys, signableOf({ ...asked, sender: introduce(signer, asked) }), Date.now())).toBeNull();
});

test('nothing is signed without a key, and nothing required until the configuration says so', () => {
  expect(createSigning({ required: false, keys: {} }, undefined)).toEqual({ required: null, signer: null });
  expect(createSigning({ required: false, keys, keyId: 'k1' }, bare)).toMatchObject({ required: null, signer: {} });
});

const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export({ format: 'pem', type: 'pkcs8' });

test.each<[string, { keyId?: string; keyFile?: string }, string | undefined, string]>([
  ['no key while signatures are required', { keyId: 'k1' }, undefined, 'signing.required needs a private key'],
  ['no name for the key', {}, bare, 'signing.keyId must name it'],
  ['the key of another name', { keyId: 'k2' }, bare, 'is not the one that signing.keys has under k2'],
  ['a key of another kind', { keyId: 'k1' }, rsa as string, 'holds no Ed25519 key'],
  ['half a key', { keyId: 'k1' }, bare.slice(0, 40), 'holds no Ed25519 key'],
  ['a file that is not there', { keyId: 'k1', keyFile: '/nowhere' }, undefined, 'signing.keyFile cannot be read'],
])('a process does not start with %s', (_what, more, environment, why) => {
  let said = '';
  try {
    createSigning({ required: true, keys, ...more }, environment);
  } catch (error) {
    said = String(error);
  }
  expect(said).toContain(why);
  expect(said).not.toContain(bare.slice(20, 40));
});
