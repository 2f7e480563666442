/** Seen to fail: without the delete before the set, an entry that is set anew keeps its old place and is dropped first. */
import { expect, test } from 'vitest';
import { BoundedMap } from '../../src/concurrency/bounded-map.ts';

test('drops the entry that was set the longest ago', () => {
  const map = new BoundedMap<string, number>(2);
  map.set('a', 1);
  map.set('b', 2);
  map.set('a', 3);
  map.set('c', 4);
  expect(['a', 'b', 'c'].map((key) => map.get(key))).toEqual([3, undefined, 4]);
});

test('keeps an entry that was only read in its place', () => {
  const map = new BoundedMap<string, number>(2);
  map.set('a', 1);
  map.set('b', 2);
  map.get('a');
  map.set('c', 3);
  expect(map.get('a')).toBeUndefined();
  map.delete('c');
  expect(map.get('c')).toBeUndefined();
});
