/** Seen to fail: numbers below flink.config read; a position counted from 0; a merge key taken for a field. */
import { describe, expect, test } from 'vitest';
import { readYaml } from '../../../src/domain/input/yaml-source.ts';

function sourceOf(text: string) {
  const result = readYaml(text);
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.source;
}

describe('a plain document', () => {
  const source = sourceOf('job:\n  parallelism: 8\n  args: [a, b]\nflink:\n  config: {x.y: 1.10}\n');

  test('is its values; numbers of Flink stay the text that they were', () => {
    expect(source.value).toEqual({ job: { parallelism: 8, args: ['a', 'b'] }, flink: { config: { 'x.y': '1.10' } } });
    expect(source.numberAt(['flink', 'config', 'x.y'])).toBe('1.10');
    expect(source.numberAt(['job', 'args'])).toBeUndefined();
  });

  test('knows where each key and value is, and for one that is missing its nearest parent', () => {
    expect(source.locate(['job', 'parallelism'], 'key')).toEqual({ line: 2, column: 3 });
    expect(source.locate(['job', 'parallelism'], 'value')).toEqual({ line: 2, column: 16 });
    expect(source.locate(['job', 'args', 1], 'value')).toEqual({ line: 3, column: 13 });
    expect(source.locate(['job', 'jar'], 'value')).toEqual({ line: 1, column: 1 });
    expect([source.has(['job', 'args', 1]), source.has(['job', 'jar']), source.has([])]).toEqual([true, false, false]);
  });
});

test.each([
  ['a: &x 1', 'a', 'anchors (&) are not supported'],
  ['<<: 2', '"<<"', 'merge keys (<<) are not supported'],
  ['a: 1\na: 2', 'a', '"a" is given twice, first on line 2'],
  ['__proto__: 1', '__proto__', 'is not allowed as a key'],
  ['a: !!str 1', 'a', 'tags (!) are not supported'],
])('%j is refused at %s', (text, path, message) => {
  expect(sourceOf(`ok: 1\n${text}`).errors).toEqual([
    expect.objectContaining({ path, message: expect.stringContaining(message) as string }),
  ]);
});
