import { describe, expect, test } from 'vitest';
import { Output } from '../../src/cli/output.ts';

function written(write: (out: Output) => void, format: Output['format'] = 'table', columns?: number): string {
  let text = '';
  const stream = { write: (part: string) => void (text += part), isTTY: columns !== undefined, columns };
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

describe('a table', () => {
  const heads = ['KIND', 'RELEASE', 'ID', 'REASON'];
  const rows = [
    ['deploy', 'clicks/1.0.0', 'a-long-id-of-an-operation', 'first line\r\nsecond line\tand more of it'],
    ['kill', '-', 'k', ''],
  ];
  const lines = (columns?: number, cutLast = true) =>
    written(
      (out) => {
        out.withoutColors();
        out.table(heads, rows, { cutLast });
      },
      'table',
      columns,
    ).split('\n');

  test('folds the ends of lines in its cells, so that a row stays a row', () => {
    expect(lines()).toEqual([
      'KIND    RELEASE       ID                         REASON',
      'deploy  clicks/1.0.0  a-long-id-of-an-operation  first line second line and more of it',
      'kill    -             k',
      '',
    ]);
  });

  test('cuts the text at its end to the terminal', () => {
    expect(lines(74)[1]).toBe('deploy  clicks/1.0.0  a-long-id-of-an-operation  first line second line a…');
  });

  test('goes on on an indented line where the terminal is narrow, and cuts no name', () => {
    expect(lines(50)).toEqual(
      [
        'KIND    RELEASE       ID',
        '    REASON',
        'deploy  clicks/1.0.0  a-long-id-of-an-operation',
        '    first line second line and more of it',
        'kill    -             k',
        '    ',
        '',
      ].map((line) => line.trimEnd()),
    );
    expect(lines(30, false).join('\n')).toContain('\n    a-long-id-of-an-operation\n');
  });

  test('of fields folds them too', () => {
    const text = written((out) => {
      out.fields([['reason', 'one\ntwo']]);
    });
    expect(text).toContain('one two\n');
  });
});
