/** How a bad deployment file is written down: its text with a mark where each problem is, and what is to be said there. */
import { stringify } from 'yaml';
import { smallFile } from '../examples.ts';

/** Stands before the first character of what is wrong; taken out of the text before it is read. */
const MARK = '»';

/** The error that each mark stands for, from top to bottom. Without a mark the error is at the first character. */
type Expected = readonly [path: string, says: string];

export type BadFile = readonly [name: string, marked: string, ...expected: readonly Expected[]];

export interface ExpectedError {
  readonly path: string;
  readonly says: string;
  readonly line: number;
  readonly column: number;
}

/** The text as a person would have saved it, and its errors. */
export function unmarked(marked: string, expected: readonly Expected[]): { text: string; errors: ExpectedError[] } {
  const parts = marked.split(MARK);
  if (parts.length !== expected.length + (marked.includes(MARK) ? 1 : 0))
    throw new Error(`marks are missing: ${marked}`);
  const errors = expected.map(([path, says], index) => {
    const before =
      parts.length === 1
        ? ['']
        : parts
            .slice(0, index + 1)
            .join('')
            .split('\n');
    return { path, says, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  });
  return { text: parts.join(''), errors };
}

/** The small file with one part replaced. */
export function change(part: string, by: string): string {
  if (!smallFile.includes(part)) throw new Error(`the small file has no ${part}`);
  return smallFile.replace(part, () => by);
}

export const withConfig = (yaml: string): string =>
  change('  version: "1.20.1"\n', `  version: "1.20.1"\n  config: ${yaml}\n`);
export const withJob = (line: string): string => change('  jar: clicks.jar\n', `  jar: clicks.jar\n  ${line}\n`);
export const withEnd = (line: string): string => `${smallFile}${line}\n`;

/** Any value at any path of the small file, the value as it is written. */
export function withValue(path: string, written: string): string {
  const base = { apiVersion: 'sluice/v1', kind: 'FlinkJob', name: 'clicks-dev', environment: 'dev' };
  const whole: Record<string, unknown> = {
    ...base,
    owner: { team: 'ads-streaming' },
    placement: { cluster: 'yarn-a' },
    flink: { version: '1.20.1' },
    job: { jar: 'clicks.jar', entryClass: 'com.example.Clicks' },
  };
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let map = whole;
  for (const key of keys) map = (map[key] ??= {}) as Record<string, unknown>; // only maps lie on the way to a field
  map[last] = 'PLACEHOLDER';
  return stringify(whole).replace('PLACEHOLDER', () => written);
}
