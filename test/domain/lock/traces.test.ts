/** Traces follow the containers of an application, and remember a node for as long as containers may linger there. */
import { describe, expect, test } from 'vitest';
import { FORGET_HOST_MS, isSameTraces, withSighting, type Traces } from '../../../src/domain/lock/traces.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const at = (ms: number): string => new Date(START + ms).toISOString();
const host = (name: string) => ({ node: `${name}:45454`, http: `${name}:8042` });
const none: Traces = { version: 1, job: 'clicks', cluster: 'yarn-a', applicationId: 'a', hosts: [], address: null };
const names = ({ hosts }: Traces): string[] => hosts.map(({ http }) => http.replace(':8042', ''));

describe('a sighting', () => {
  const first = withSighting(none, { hosts: [host('a'), host('b')], address: 'a:1' }, at(0));

  test('adds the present nodes, and the address that YARN tells', () => {
    expect(first).toMatchObject({ hosts: [{ ...host('a'), leftAt: null }, host('b')], address: 'a:1' });
    expect(withSighting(first, { hosts: [host('a')], address: null }, at(1)).address).toBe('a:1');
  });

  test('keeps a node that was left until nothing can linger there', () => {
    const moved = withSighting(first, { hosts: [host('a'), host('c')], address: 'a:1' }, at(1_000));
    expect(names(moved)).toEqual(['a', 'c', 'b']);
    const later = withSighting(moved, { hosts: [host('a'), host('c')], address: 'a:1' }, at(FORGET_HOST_MS));
    expect(names(later)).toEqual(['a', 'c', 'b']);
    expect(isSameTraces(moved, later)).toBe(true);
    const gone = withSighting(moved, { hosts: [host('a'), host('c')], address: 'a:1' }, at(FORGET_HOST_MS + 1_000));
    expect(names(gone)).toEqual(['a', 'c']);
    expect(isSameTraces(moved, gone)).toBe(false);
  });

  test('that finds the application there again keeps it as before', () => {
    const moved = withSighting(first, { hosts: [host('a')], address: 'a:1' }, at(1_000));
    const back = withSighting(moved, { hosts: [host('a'), host('b')], address: 'a:1' }, at(2_000));
    expect(isSameTraces(first, back)).toBe(true);
  });
});
