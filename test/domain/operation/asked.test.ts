/**
 * A request has the same fingerprint whoever asks for it.
 *
 * Seen to fail: with `via` left out of `aboutTheAsker`, both tests of each kind, where a request by another door had a
 * second fingerprint, and the last test, where `via` stayed in the request.
 */
import { describe, expect, test } from 'vitest';
import { operationKinds } from '../../../src/domain/lifecycle.ts';
import { aboutTheAsker, askedOf, fingerprintOfRequest } from '../../../src/domain/operation/asked.ts';
import { requestSchemas } from '../../../src/domain/operation/operation.ts';

const asker = {
  id: 'one',
  actor: 'ci',
  reason: 'a release',
  via: 'ci',
  ifRevision: '0'.repeat(32),
  onlyIf: { state: 'running', after: null },
};

describe.each(operationKinds)('a request for %s', (kind) => {
  test('is the same whoever asks for it, why, by which door and on what condition', () => {
    const fingerprints = Object.entries(asker).map(([field, value]) =>
      fingerprintOfRequest(kind, { release: 'clicks/1.0.0', [field]: value }),
    );
    expect(new Set([...fingerprints, fingerprintOfRequest(kind, { release: 'clicks/1.0.0', kind })]).size).toBe(1);
  });

  test('has no field that all kinds share beyond those about the asker', () => {
    const everywhere = Object.keys(requestSchemas.savepoint.shape);
    const own = Object.keys(requestSchemas[kind].shape).filter((field) => everywhere.includes(field));
    expect(own.filter((field) => !(aboutTheAsker as readonly string[]).includes(field))).toEqual([]);
  });
});

test('another kind or another payload is another request', () => {
  expect(fingerprintOfRequest('stop', {})).not.toBe(fingerprintOfRequest('kill', {}));
  expect(fingerprintOfRequest('stop', { drain: true })).not.toBe(fingerprintOfRequest('stop', {}));
});

test('what is asked keeps every other field as it was', () => {
  expect(askedOf({ ...asker, release: 'clicks/1.0.0', from: 'fresh' })).toEqual({
    release: 'clicks/1.0.0',
    from: 'fresh',
  });
});
