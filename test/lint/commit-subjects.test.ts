/** Subjects of commits that have the form and that have not; repositories in which nothing can be checked pass. */
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problemsOfSubject } from './commit-form.ts';
import { checkSubjects, rangeOf } from './commit-subjects.ts';

describe('a subject', () => {
  it.each(
    [
      'Divide src/workflows/ by subject',
      "Revoke the launcher's gate when its run is fenced off",
      'Address the reviews of the fence',
      'Pass the deadline to each wait',
      'Embed the schema',
      'Bring the API back after a restart',
      'Share `confirm()` and `sha256Of()`; list prune candidates once when not interactive',
    ].map((subject) => [subject.slice(0, 72)]),
  )('%j has the form', (subject) => {
    expect(problemsOfSubject(subject)).toEqual([]);
  });

  it.each([
    ['Asking whether it is meant', 'not with "Asking"'],
    ['A list begins before the one that is shown is too old', 'not with "A"'],
    ['Added a rule', 'not with "Added"'],
    ['Fixes the fence', 'not with "Fixes"'],
    ["What's new", 'not with "What\'s"'],
    ['divide src/api/', 'must begin with a capital letter'],
    ['Divide src/api/.', 'must not end with a full stop'],
    ['Divide '.repeat(11), 'has 77 characters'],
    ['#12 Divide src/api/', 'must begin with a capital letter'],
    ['', 'must begin with a capital letter'],
  ])('%j has not: it %s', (subject, problem) => {
    expect(problemsOfSubject(subject).join()).toContain(problem);
  });
});

describe('the commits that are read', () => {
  const answering = (answers: Readonly<Record<string, string>>) =>
    rangeOf((...args) => answers[args.at(-1) ?? ''] ?? null);

  it('are all since the form was agreed on, in a clone too', () => {
    expect(answering({ '--is-shallow-repository': 'false', 'a7bc000^{commit}': 'a7bc000' })).toEqual([
      'HEAD',
      '^a7bc000',
    ]);
  });
  it.each([
    ['there is no git repository', {}],
    ['the clone is shallow', { '--is-shallow-repository': 'true' }],
    ['the history does not have a7bc000', { '--is-shallow-repository': 'false' }],
  ])('are none where %s', (reason, answers) => {
    expect(answering(answers)).toBe(reason);
  });
});

describe('a folder', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-subjects-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('without git passes', () => {
    expect(checkSubjects(folder)).toEqual({ bad: [], summary: 'No subjects were read: there is no git repository.' });
  });
  it('with a history of its own passes', () => {
    execFileSync('git', ['init', '--quiet'], { cwd: folder });
    expect(checkSubjects(folder).summary).toBe('No subjects were read: the history does not have a7bc000.');
  });
});
