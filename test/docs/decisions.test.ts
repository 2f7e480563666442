/** Every decision has a status and a date, names its successor if it has one, and is in the index. */
import { expect, test } from 'vitest';
import { documents, linksIn, textOf } from './markdown.ts';

const FOLDER = 'docs/decisions/';
const decisions = documents.filter((path) => path.startsWith(FOLDER) && !path.endsWith('README.md'));

const fieldOf = (text: string, name: string): string => new RegExp(`^- ${name}: (.*)$`, 'm').exec(text)?.[1] ?? '';

test.each(decisions)('%s has a status and a date below its title', (path) => {
  const text = textOf(path);
  const number = String(Number(path.slice(FOLDER.length, FOLDER.length + 4)));
  expect(text).toMatch(new RegExp(`^# ${number}\\. .+\\n\\n- Status: .+\\n- Date: .+\\n\\n\\*\\*Context\\.\\*\\* `));
  expect(fieldOf(text, 'Status')).toMatch(/^(accepted|superseded)\b/);
  expect(fieldOf(text, 'Date')).toMatch(/^20\d\d-\d\d-\d\d$/);
});

test.each(decisions)('%s points to its successor if its status says superseded', (path) => {
  const status = fieldOf(textOf(path), 'Status');
  if (!/\bsuperseded\b/.test(status)) return;
  const [successor] = linksIn(status);
  expect(successor, status).toBeDefined();
  expect(fieldOf(textOf(FOLDER + (successor?.target ?? '')), 'Status')).toContain('supersedes');
});

test('the index lists every decision under its title, in order', () => {
  const entries = linksIn(textOf(`${FOLDER}README.md`)).map(({ target }) => FOLDER + target);
  expect(entries).toEqual(decisions);
});
