/**
 * A signature counts for one message, of one job, until its end, by a key that counts. Node's own Ed25519 signs here, and
 * the library of the workflows checks.
 */
import { describe, expect, test } from 'vitest';
import type { Sender } from '../../../src/domain/operation/asker.ts';
import {
  introduce,
  mayLackKey,
  signableOf,
  signatureProblem,
  signedText,
  type Message,
} from '../../../src/domain/operation/signature.ts';
import { signingKey } from '../../support/signing-keys.ts';

const [old, next, stranger] = [signingKey('old'), signingKey('new'), signingKey('old')];
const keys = { old: old.hex, new: next.hex };
const NOW = Date.parse('2026-11-30T12:00:00.000Z');
const MINUTE = 60_000;

const sender: Sender = { door: 'api', actor: 'ann', allowedFor: { environment: 'prod', team: 'ads' } };
const asked = { job: 'clicks', kind: 'deploy', payload: { id: 'd-1', release: 'clicks/1.0.0' }, sender };
const signed = introduce(old.signer, asked, NOW);
const message: Message = { ...asked, sender: signed };
const problemOf = (changed: Partial<Message>, at = NOW, known: Readonly<Record<string, string>> = keys) =>
  signatureProblem(known, signableOf({ ...message, ...changed }), at)?.why ?? null;

test('the text that is signed names everything that decides what the message does', () => {
  const text = signedText(signableOf(message), { keyId: 'old', expiresAt: '2026-11-30T12:10:00.000Z' });
  expect(text).toBe(
    '["sluice-message-1","old","2026-11-30T12:10:00.000Z","clicks","deploy","d-1",' +
      '"f8ac90b9033cd49d88f94ca482750bcf75204f042176c5c31235dab981a55778","api","ann",{"environment":"prod","team":"ads"}]',
  );
});

test('a signed message counts, also after its way through JSON, whatever the order of its fields', () => {
  expect(problemOf({})).toBeNull();
  const payload = JSON.parse('{"release": "clicks/1.0.0", "id": "d-1"}') as unknown;
  expect(problemOf({ payload, sender: JSON.parse(JSON.stringify(signed)) as unknown })).toBeNull();
  expect(problemOf({ payload: { ...asked.payload, from: undefined } })).toBeNull();
});

describe('a signature does not count', () => {
  const { signature } = signed;
  const forged = (more: object): Partial<Message> => ({ sender: { ...signed, signature: { ...signature, ...more } } });
  const flipped = `${signature!.value.startsWith('0') ? '1' : '0'}${signature!.value.slice(1)}`;
  test.each<[string, Partial<Message>, string]>([
    ['when there is none', { sender }, 'unsigned'],
    ['when nobody is introduced', { sender: undefined }, 'unsigned'],
    ['when it is no signature', forged({ value: 'ff' }), 'unsigned'],
    ['for another job', { job: 'views' }, 'false'],
    ['for another kind', { kind: 'kill' }, 'false'],
    ['for another operation', { payload: { ...asked.payload, id: 'd-2' } }, 'false'],
    ['for another payload', { payload: { ...asked.payload, release: 'clicks/0.9.0' } }, 'false'],
    ['for another subject', { sender: { ...signed, actor: 'bob' } }, 'false'],
    ['for another door', { sender: { ...signed, door: 'autoDeploy' } }, 'false'],
    ['for another owner', { sender: { ...signed, allowedFor: { environment: 'prod', team: 'x' } } }, 'false'],
    ['with another end', forged({ expiresAt: '2027-11-30T12:00:00.000Z' }), 'false'],
    ['with an end that is no time', forged({ expiresAt: 'never' }), 'expired'],
    ['under the name of another key', forged({ keyId: 'new' }), 'false'],
    ['under a name that no key has', forged({ keyId: 'constructor' }), 'unknownKey'],
    ['with another digit', forged({ value: flipped }), 'false'],
    ['when it is all zeros', forged({ value: '0'.repeat(128) }), 'false'],
    ['by a stranger under a known name', { sender: introduce(stranger.signer, asked, NOW) }, 'false'],
  ])('%s', (_why, changed, problem) => {
    expect(problemOf(changed)).toBe(problem);
  });

  test('after ten minutes, or a day for a fact of a watcher', () => {
    expect(problemOf({}, NOW + 10 * MINUTE - 1)).toBeNull();
    expect(problemOf({}, NOW + 10 * MINUTE)).toBe('expired');
    const fact = { job: 'clicks', kind: 'observed', payload: { epoch: 1 }, sender: { door: 'supervisor' } } as const;
    const told = { ...fact, sender: introduce(old.signer, fact, NOW) };
    expect(problemOf(told, NOW + 24 * 60 * MINUTE - 1)).toBeNull();
    expect(problemOf(told, NOW + 24 * 60 * MINUTE)).toBe('expired');
  });
});

test('two keys count at once while they are exchanged, and a removed one no more', () => {
  const byNew = { sender: introduce(next.signer, asked, NOW) };
  expect([problemOf({}), problemOf(byNew)]).toEqual([null, null]);
  expect([problemOf({}, NOW, { old: old.hex }), problemOf(byNew, NOW, { old: old.hex })]).toEqual([null, 'unknownKey']);
  expect([problemOf({}, NOW, { new: next.hex }), problemOf(byNew, NOW, { new: next.hex })]).toEqual([
    'unknownKey',
    null,
  ]);
});

test('only a job that has not read the keys for ten minutes may lack one', () => {
  const known = { keys, learntAt: new Date(NOW).toISOString() };
  const lacks = (why: 'unknownKey' | 'false' | 'unsigned', at: number) => mayLackKey(known, { why, detail: '' }, at);
  expect([lacks('unknownKey', NOW + 10 * MINUTE), lacks('unknownKey', NOW + 10 * MINUTE + 1)]).toEqual([false, true]);
  expect([lacks('false', NOW + 60 * MINUTE), lacks('unsigned', NOW + 60 * MINUTE)]).toEqual([false, false]);
});

test('without a key a sender stays as it is', () => expect(introduce(null, asked)).toBe(sender));
