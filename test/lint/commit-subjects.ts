/**
 * `npm run check` runs this over every commit since the form was agreed on: each has a subject that reads as an order. Where git
 * has no answer, such as in an unpacked archive or a shallow clone, it says so and passes.
 */
import { execFileSync } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { say, tell } from '../../stack/output.ts';
import { problemsOfSubject } from './commit-form.ts';

/** The last commit before the form was agreed on. */
const OLD = 'a7bc000';

/** The commits to look at, as arguments of `git log`; or why there are none. */
export function rangeOf(git: (...args: readonly string[]) => string | null): readonly string[] | string {
  const isShallow = git('rev-parse', '--is-shallow-repository');
  if (isShallow === null) return 'there is no git repository';
  if (isShallow !== 'false') return 'the clone is shallow';
  if (git('rev-parse', '--verify', '--quiet', `${OLD}^{commit}`) === null) return `the history does not have ${OLD}`;
  return ['HEAD', `^${OLD}`];
}

/** The output of git, or null where it fails. */
function gitIn(directory: string): (...args: readonly string[]) => string | null {
  return (...args) => {
    try {
      return execFileSync('git', args, {
        cwd: directory,
        stdio: ['ignore', 'pipe', 'ignore'],
        encoding: 'utf8',
      }).trim();
    } catch {
      return null;
    }
  };
}

/** @returns a line for each subject that has not the form, and how many were read or why none were. */
export function checkSubjects(directory: string): { readonly bad: readonly string[]; readonly summary: string } {
  const git = gitIn(directory);
  const range = rangeOf(git);
  if (typeof range === 'string') return { bad: [], summary: `No subjects were read: ${range}.` };
  const log = git('log', '--no-merges', '--format=%h %s', ...range);
  if (log === null) return { bad: [], summary: 'No subjects were read: git log failed.' };
  const commits = log.split('\n').filter((line) => line !== '');
  const bad = commits.flatMap((line) => {
    const [hash = ''] = line.split(' ', 1);
    const subject = line.slice(hash.length + 1);
    return problemsOfSubject(subject).map((problem) => `${hash} "${subject}" ${problem}`);
  });
  return { bad, summary: `${commits.length} subjects were read.` };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { bad, summary } = checkSubjects(dirname(fileURLToPath(import.meta.url)));
  for (const line of bad) tell(line);
  say(summary);
  process.exit(bad.length === 0 ? 0 : 1);
}
