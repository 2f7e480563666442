import type { Payload } from '@temporalio/common';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { migrateMemory } from '../../src/domain/job/carried/carried-memory.ts';
import { payloadConverter } from '../../src/temporal/payload-converter.ts';
import { full } from '../domain/job/largest-memory.ts';
import { deepHotfix, deepList, hostilePayloads } from '../support/hostile-payloads.ts';
import { historiesFolder, readRecordings } from '../workflows/recordings/recordings.ts';

const json = (text: string): Payload => ({
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from(text),
});
const decoded = (text: string): unknown => payloadConverter.fromPayload(json(text));

test.each([
  ['20,000', deepList(20_000)],
  ['200,000', deepList(200_000)],
  ['500,000', deepList(500_000)],
])('a payload of %s levels is undecodable, and says why', (_levels, text) => {
  expect(decoded(text)).toEqual({ undecodable: 'it nests deeper than 2000 levels' });
});

test('no payload makes it throw, and code can walk over whatever it gives', () => {
  for (const [what, payload] of Object.entries(hostilePayloads)) {
    const value = payloadConverter.fromPayload(payload);
    expect(() => {
      JSON.stringify(value);
      structuredClone(value);
    }, what).not.toThrow();
  }
});

test('the deepest hotfix that 0.1.0 took is still decoded, in a memory with everything else at its cap', () => {
  const { set } = JSON.parse(deepHotfix(1_000)) as { set: Record<string, unknown> };
  const operations = full.operations.map((operation) => ({ ...operation, request: { set } }));
  const input = { job: full.job, carried: { ...full, operations } };
  const carried = payloadConverter.fromPayload<typeof input>(payloadConverter.toPayload(input));
  expect(carried).toEqual(input);
  expect(migrateMemory(carried.carried)).toEqual({ ...full, operations });
});

test('every payload of every recorded history is decoded as before', async () => {
  let count = 0;
  for (const { name } of await readRecordings()) {
    const text = await readFile(new URL(name, historiesFolder), 'utf8');
    for (const [, data = ''] of text.matchAll(/"data": ?"([A-Za-z0-9+/=]+)"/g)) {
      const body = Buffer.from(data, 'base64').toString();
      if (!/^[[{"]/.test(body)) continue;
      expect(decoded(body), name).toEqual(JSON.parse(body));
      count += 1;
    }
  }
  expect(count).toBeGreaterThan(1_000);
});
