/**
 * Redaction hides secrets. Seen to fail: without the name in the table, without the rule for URLs, and with a cut first
 * line that is kept; and a JSON text that was redacted as a whole could not be parsed any more.
 */
import { describe, expect, it } from 'vitest';
import { redact, redactStrings, redactTail } from '../../../src/domain/secrets/redact.ts';

const SECRET = 'hunter2-canary';

describe('redacting', () => {
  it.each([
    `s3.secret-key: ${SECRET}`,
    `Loading configuration property: s3.secret-key, ${SECRET}`,
    `-Dssl.key-password=${SECRET}`,
    `{"password": "${SECRET} with words"}`,
    `password="a \\" b ${SECRET}"`,
    `sasl.jaas.config=org.example.Module required username="me" password='${SECRET}';`,
    `AWS_SECRET_ACCESS_KEY=${SECRET}`,
    `fs.azure.account.key.place = ${SECRET}`,
    `auth-params: ${SECRET}`,
    `Authorization: Bearer ${SECRET}`,
    `authorization=Basic ${SECRET}==`,
    `connecting to jdbc:postgresql://me:${SECRET}@db.example.com/clicks`,
    `Api-Key: ${SECRET}`,
    `PASSWD=${SECRET}`,
    `service-key: ${SECRET}`,
    `rest.basic-auth: me:${SECRET}`,
    `fs.access-key = ${SECRET}`,
    `credential=${SECRET}`,
    `token: ${SECRET}`,
    `deployed by hand with slc_ab12_${SECRET}`,
    `{"reason": "sls_ab12_${SECRET}"}`,
  ])('hides the secret of %j', (text) => {
    expect(redact(text)).not.toContain(SECRET);
    expect(redact(text)).toContain('******');
  });

  it.each([
    'Completed checkpoint 7 for job abc (1234 bytes, checkpointDuration=12 ms).',
    'Basic statistics of 12345678 records',
    's3://bucket/savepoints/clicks-dev/op-1/savepoint-abc',
    'http://node.example.com:8042/node/containerlogs',
    'java.lang.IllegalStateException: broken on purpose\n\tat com.example.Clicks.main(Clicks.java:20)',
  ])('leaves %j as it is', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('changes nothing when it is done twice', () => {
    const once = redact(`password=${SECRET}, token: "${SECRET}" http://me:${SECRET}@example.com`);
    expect(redact(once)).toBe(once);
  });
});

describe('the end of a log', () => {
  it('loses its first line when it was cut: the name of the setting may be gone', () => {
    expect(redactTail(`${SECRET}\nnext line\n`, true)).toBe('next line\n');
    expect(redactTail(SECRET, true)).toBe('');
  });

  it('is whole when nothing was cut', () => {
    expect(redactTail('first\nsecond\n', false)).toBe('first\nsecond\n');
  });
});

describe('a JSON value', () => {
  it('stays JSON, with the same members', () => {
    const value = [{ at: 1, name: 'x', task: null, stack: `failed with token=${SECRET}` }];
    const text = JSON.stringify(redactStrings(value));
    expect(JSON.parse(text)).toEqual([{ at: 1, name: 'x', task: null, stack: 'failed with token=******' }]);
  });
});
