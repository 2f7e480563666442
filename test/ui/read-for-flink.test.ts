/** The frame of Flink's pages reads below its own place only: it must not read the rest of the API as the person who looks. */
import { expect, test } from 'vitest';
import { placeOfRead } from '../../src/ui/pages/flink/read-for-flink.ts';

test.each([
  ['./config', 'config'],
  ['jobs/overview', 'jobs/overview'],
  ['./jobs/a/metrics?get=x,y', 'jobs/a/metrics?get=x,y'],
  ['./jobs/../overview', 'overview'],
])('%s is the read %s', (path, place) => expect(placeOfRead(path)).toBe(place));

test.each([
  ...[
    '../tokens',
    './../../tokens',
    '/api/v1/tokens',
    '//evil.example/x',
    'http://evil.example/',
    'jobs/%2e%2e/%2e%2e/x',
  ],
  ...['..%2f..%2ftokens', '..\\..\\tokens', 'javascript:alert(1)', 'data:text/html,x', '.%2e/tokens', '', 'http://['],
  ...[null, undefined, 7, { toString: () => 'config' }],
])('%s is none', (path) => expect(placeOfRead(path) ?? '').toBe(''));
