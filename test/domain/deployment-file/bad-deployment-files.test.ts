/**
 * Every bad file is refused where it is wrong, with the reason, and with nothing else. The places are marked in the files
 * themselves; how that is written is in `bad-deployment-files/bad-file.ts`.
 */
import { describe, expect, it, test } from 'vitest';
import { formatInputErrors, parseDeploymentFile } from '../../../src/domain/deployment-file/parse.ts';
import { unmarked } from './bad-deployment-files/bad-file.ts';
import { brokenRules, manyMistakes, ownedOptions } from './bad-deployment-files/config-and-rules.ts';
import { wrongForms, wrongNumbers, wrongTypes } from './bad-deployment-files/fields.ts';
import { prototypeKeys, unknownFields, wrongNames } from './bad-deployment-files/names.ts';
import { notPlainYaml, notText } from './bad-deployment-files/text-and-yaml.ts';

const kinds = {
  'that is no text': notText,
  'that is no plain YAML': notPlainYaml,
  'with values of a wrong type': wrongTypes,
  'with wrong numbers': wrongNumbers,
  'with values of a wrong form': wrongForms,
  'with wrong names': wrongNames,
  'with names that every object has': prototypeKeys,
  'with unknown fields': unknownFields,
  'with options that are not its own': ownedOptions,
  'that breaks a rule': brokenRules,
  'with many mistakes': manyMistakes,
};

describe.each(Object.entries(kinds))('a file %s is refused', (_, files) => {
  const cases = files.map(([name, marked, ...expected]) => ({ name, ...unmarked(marked, expected) }));

  test.each(cases)('$name', ({ text, errors }) => {
    const result = parseDeploymentFile(text);
    const found = result.ok ? [] : result.errors;
    expect(found.map(({ path, line, column }) => ({ path, line, column }))).toEqual(
      errors.map(({ path, line, column }) => ({ path, line, column })),
    );
    for (const [index, { says }] of errors.entries()) expect(found[index]?.message).toContain(says);
    const report = formatInputErrors(found, 'bad\u001b[31m.yaml');
    // eslint-disable-next-line no-control-regex -- what a terminal would obey is what must not be there
    expect(report).not.toMatch(/[\0-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e]|canary/);
    expect(report.split('\n')).toHaveLength(errors.length);
  });
});

it('is one of at least 150 that differ', () => {
  const texts = Object.values(kinds).flatMap((files) => files.map(([, marked]) => marked.replaceAll('»', '')));
  expect(new Set(texts).size).toBe(texts.length);
  expect(texts.length).toBeGreaterThanOrEqual(150);
});
