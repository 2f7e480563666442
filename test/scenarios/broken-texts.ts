/**
 * Rules of the workflow that are broken on purpose in the text of its bundle. A text that is not there any more breaks nothing, so a quick
 * test looks for each of them (`broken-texts.test.ts`).
 */
type Change = (code: string) => string;

/** Replaces one place of the bundle; a mutation whose place is gone must be written anew. */
const inBundle =
  (find: RegExp, replacement: string): Change =>
  (code) => {
    const places = code.match(new RegExp(find, 'g')) ?? [];
    if (places.length !== 1) throw new Error(`${find.source} is ${places.length} times in the bundle`);
    return code.replace(find, replacement);
  };

const both =
  (first: Change, second: Change): Change =>
  (code) =>
    second(first(code));

export const brokenTexts = {
  lostNodes: inBundle(/askForEnd\(memory, instance, end, by !== null\)/, 'askForEnd(memory, instance, end, false)'),
  oneOperation: inBundle(/if \(holder === null\)\s+return null;\s+if \(isForced/, 'return null; if (isForced'),
  deadlines: both(
    inBundle(/startToCloseTimeout: deadlineMs \+ [\w.]*timeLimits\.answerMargin/, 'startToCloseTimeout: 1e12'),
    inBundle(
      /scheduleToCloseTimeout: 2 \* deadlineMs \+ [\w.]*timeLimits\.answerMargin/,
      'scheduleToCloseTimeout: 1e12',
    ),
  ),
  silence: inBundle(/case 'silent':\s+return 'unreachable'/, "case 'silent': return 'stopped'"),
  stoppedStaysDown: both(
    inBundle(/how === 'failed' \|\| isTakenDown\(memory\) \? Date\.parse\(at\) : null/, 'Date.parse(at)'),
    inBundle(/policy === null \|\| !current \|\| desired !== 'running' \|\| /, 'policy === null || !current || '),
  ),
  handStaysDown: inBundle(/if \([^;{]*=== 'hand'\)\s+return/, 'if (false) return'),
  budget: inBundle(/if \([^;{]*attemptsBy\)?\([^;{]*< maxAttempts\) return/, 'if (true) return'),
  leaseIsOver: inBundle(/const waitMs = [^;]*leasesOverAt[^;]*;/, 'const waitMs = 0;'),
  onlySilent: inBundle(
    /if \(state !== 'unreachable' \|\| [^;]*\.epoch\) !== epoch\)\s+return null;/,
    "if (state !== 'unreachable') return null; if (!recovery.gone) return 0;",
  ),
  sameInReplay: inBundle(
    /if \(changed\.length === 0 &&/,
    'if (globalThis.__TEMPORAL_ACTIVATOR__.info.unsafe.isReplaying) return; if (changed.length === 0 &&',
  ),
} as const satisfies Record<string, Change>;
