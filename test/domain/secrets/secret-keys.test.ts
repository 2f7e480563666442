/** Seen to fail: `token` taken anywhere in a key. */
import { expect, test } from 'vitest';
import { isSecretKey } from '../../../src/domain/secrets/secret-keys.ts';

test.each([
  ['s3.secret-key', true],
  ['s3.access-key', true],
  ['fs.s3a.secret.key', true],
  ['security.ssl.rest.keystore-password', true],
  ['fs.azure.account.key.x', true],
  ['metrics.reporter.dghttp.apikey', true],
  ['my.token', true],
  ['security.delegation.tokens.enabled', false],
  ['fs.s3a.aws.credentials.provider', false],
  ['execution.checkpointing.interval', false],
  ['state.backend.type', false],
])('%s holds a secret: %s', (key, expected) => expect(isSecretKey(key)).toBe(expected));
