import { expect, test } from 'vitest';
import { Output } from '../../src/cli/output.ts';

function written(write: (out: Output) => void, format: Output['format'] = 'table'): string {
  let text = '';
  const stream = { write: (part: string) => void (text += part) };
  const out = new Output(stream, stream);
  out.format = format;
  write(out);
  return text;
}

const NAME = '\u202eecila\u200b\u0007\u001b[2J';

test.each<[string, (out: Output) => void]>([
  [
    'a line',
    (out) => {
      out.line(NAME);
    },
  ],
  [
    'a note',
    (out) => {
      out.note(NAME);
    },
  ],
  [
    'a table',
    (out) => {
      out.table(['ACTOR'], [[NAME]]);
    },
  ],
  [
    'fields',
    (out) => {
      out.fields([['actor', NAME]]);
    },
  ],
])('%s shows the signs of an old record that deceive, and obeys none', (_what, write) => {
  expect(written(write)).toContain('\\u{202e}ecila\\u{200b}\\u{7}\\u{1b}[2J\n');
});

test('JSON has them escaped, so that programs read what was written', () => {
  const text = written((out) => {
    out.result({ actor: NAME }, () => undefined);
  }, 'json');
  for (const sign of ['\u202e', '\u200b', '\u0007', '\u001b']) expect(text).not.toContain(sign);
  expect(JSON.parse(text)).toEqual({ actor: NAME });
});

test('colours, tabs and ends of lines stay', () => {
  expect(
    written((out) => {
      out.line('\u001b[31mred\u001b[39m\tand\nmore');
    }),
  ).toBe('\u001b[31mred\u001b[39m\tand\nmore\n');
});
