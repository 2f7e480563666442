/** Filters of the activity, its export, and an operation that goes on in its list. */
import { describe, expect, test } from 'vitest';
import type { OperationItem } from '../../src/api/contract.ts';
import { csvOf, jsonLinesOf } from '../../src/ui/pages/activity/export.ts';
import { fieldOf, momentOf, queryOf, startOfDay } from '../../src/ui/pages/activity/filter.ts';
import { withOperation } from '../../src/ui/pages/activity/with-operation.ts';
import { operationOf } from './browser/history.ts';

const opened = Date.parse('2026-11-29T12:00:00.000Z');

describe('filters', () => {
  test.each([
    ['24h', '2026-11-28T12:00:00.000Z'],
    ['2026-11-01T00:00:00.000Z', '2026-11-01T00:00:00.000Z'],
    ['', ''],
  ])('since %s is %s', (since, asked) => {
    const values: Readonly<Record<string, string>> = { since, env: 'prod' };
    expect(queryOf((name) => values[name] ?? '', opened)).toMatchObject({ since: asked, environment: 'prod' });
  });

  test('a moment goes through the field of the browser and back', () => {
    const iso = '2026-11-29T14:02:00.000Z';
    expect(fieldOf(iso, 'utc')).toBe('2026-11-29T14:02');
    for (const zone of ['utc', 'local'] as const) expect(momentOf(fieldOf(iso, zone), zone)).toBe(iso);
    expect([fieldOf('', 'utc'), fieldOf('soon', 'utc'), momentOf('', 'utc')]).toEqual(['', '', null]);
  });
});

test('a day begins where the person has its clock', () => {
  const local = new Date(opened);
  local.setHours(0, 0, 0, 0);
  expect([startOfDay(opened, 'utc'), startOfDay(opened, 'local')]).toEqual([
    '2026-11-29T00:00:00.000Z',
    local.toISOString(),
  ]);
});

describe('the export', () => {
  const times = { acceptedAt: '2026-01-01T00:00:00.000Z', endedAt: '2026-01-01T00:00:02.500Z' };
  const one = operationOf('op', { ...times, outcome: 'failed', reason: 'a, "b"', release: 'clicks/1.0.0' });

  test('quotes what has commas and quotes, and makes no formula of a text', () => {
    const [head, row, formula] = csvOf([one, { ...one, reason: '=HYPERLINK("x")' }]).split('\r\n');
    expect(head).toBe(
      'job,id,kind,outcome,actor,via,release,deployment,reason,acceptedAt,endedAt,tookMs,error,cause,detail',
    );
    expect(row).toBe(
      `clicks-prod,op,deploy,failed,ann,console,clicks/1.0.0,,"a, ""b""",${times.acceptedAt},${times.endedAt},2500,,,`,
    );
    expect(formula).toContain(`"'=HYPERLINK(""x"")"`);
  });

  test('has each operation in a line of JSON', () => {
    const lines = jsonLinesOf([one, one]).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([one, one]);
  });
});

describe('an operation that goes on', () => {
  const page = (...items: OperationItem[]) => ({ items });
  const going = operationOf('going');
  const data = { pages: [page(going, operationOf('other')), page(operationOf('old', { endedAt: '2026-01-01' }))] };

  test('changes its row, and leaves other pages as they are', () => {
    const next = withOperation(data, { ...going, phase: 'verifying' });
    expect(next?.pages[0]?.items.map(({ phase }) => phase)).toEqual(['verifying', 'checking']);
    expect(next?.pages[1]).toBe(data.pages[1]);
  });

  test('is none of the list where it is new, of another job, or has ended there', () => {
    expect(withOperation(data, operationOf('new'))).toBeNull();
    expect(withOperation(data, { ...going, job: 'orders-prod' })).toBeNull();
    expect(withOperation(data, operationOf('old'))).toBeNull();
  });
});
