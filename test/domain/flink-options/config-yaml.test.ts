/** Seen to fail: a value without quotes; halves of characters beyond U+FFFF escaped one by one. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderConfigYaml } from '../../../src/domain/flink-options/config-yaml.ts';

describe('config.yaml', () => {
  it('has quoted flat keys and real lists', () => {
    const entries = [
      { key: 'a.b', value: 'yes' },
      { key: 'args', value: '', items: ['--x', 'a: b # c', "it's\n"] },
      { key: 'none', value: '', items: [] },
    ];
    expect(renderConfigYaml(entries)).toBe(
      '"a.b": "yes"\n"args":\n  - "--x"\n  - "a: b # c"\n  - "it\'s\\n"\n"none": []\n',
    );
  });

  it('arrives exactly as written', () => {
    const texts = fc.string({ unit: 'grapheme', maxLength: 40 });
    fc.assert(
      fc.property(
        texts,
        fc.array(texts, { maxLength: 4 }),
        fc.string({ unit: 'binary' }).filter((text) => !/\p{Cs}/u.test(text)),
        (value, items, odd) => {
          const yaml = renderConfigYaml([
            { key: 'value', value },
            { key: 'items', value: '', items },
            { key: 'odd', value: odd },
          ]);
          expect(parse(yaml)).toEqual({ value, items, odd });
          expect(yaml).toMatch(/^[\x20-\x7e\n]*$/);
        },
      ),
    );
  });
});
