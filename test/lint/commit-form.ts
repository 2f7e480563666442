/** The form of a commit's subject, as far as a program can tell. CONTRIBUTING.md has the whole rule. */

const MOST_CHARACTERS = 72;
/** Verbs whose imperative ends as a past tense, a participle or a third person does. */
const IMPERATIVES = new Set(
  'alias bias embed exceed feed focus need proceed seed shed shred speed succeed bring cling fling ping ring sling spring string swing wing'.split(
    ' ',
  ),
);
const NO_VERBS = new Set(
  'a after all an as at before by each every for from how if in it no nobody none not of on one that the they this those to what when where which who whoever why with'.split(
    ' ',
  ),
);

/** @returns what is wrong with a subject, in words; empty when nothing is. */
export function problemsOfSubject(subject: string): readonly string[] {
  const word = /^[\p{L}'-]+/u.exec(subject)?.[0] ?? '';
  const problems = [
    subject.length > MOST_CHARACTERS && `has ${subject.length} characters, of which ${MOST_CHARACTERS} are allowed`,
    !/^\p{Lu}/u.test(subject) && 'must begin with a capital letter',
    subject.endsWith('.') && 'must not end with a full stop',
    !isImperative(word.toLowerCase()) && `must begin with a verb in the imperative, such as "Add", not with "${word}"`,
  ];
  return problems.filter((problem) => problem !== false);
}

function isImperative(word: string): boolean {
  if (NO_VERBS.has(word)) return false;
  return IMPERATIVES.has(word) || word.endsWith('ss') || !/(?:ed|ing|s)$/.test(word);
}
