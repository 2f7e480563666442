/**
 * JVM options go into YARN's launch command, which is a shell script: the NodeManager writes
 * `exec /bin/bash -c "<command>"` (Hadoop's ContainerLaunch), so two shells read them. They are therefore taken apart,
 * checked and quoted here; whatever could mean something to either shell is refused.
 */
import { SluiceError } from '../errors/errors.ts';

/** Shell syntax, `{{X}}` which YARN replaces by a variable, and what a JVM reads by the locale of its container. */
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/[\n\r]/, 'a line break'],
  [/[`$;&|<>]/, 'one of ` $ ; & | < >'],
  [/\\/, 'a backslash'],
  [/\{\{|\}\}/, '{{ or }}'],
  [/[^\P{C}\t]/u, 'a control or invisible character'],
  [/[^\x20-\x7e\t]/u, 'a character beyond ASCII'],
];

/** Options whose value may be the next word. */
const TAKES_NEXT_WORD =
  /^--(add-opens|add-exports|add-reads|add-modules|enable-native-access|patch-module|module-path)$/;

/** Sizes that follow from the process size; a second value would let the container outgrow its limit. */
const MEMORY_OPTION = /^-(Xmx|Xms|XX:MaxMetaspaceSize=|XX:MaxDirectMemorySize=|XX:MaxHeapSize=|XX:InitialHeapSize=)/;

const MAX_LENGTH = 8192;

/** The configuration keys whose values are JVM options. */
export const isJvmOptionsKey = (key: string): boolean => /^env\.java\.(default-)?opts(\.[a-z-]+)?$/.test(key);

function splitWords(text: string): string[] | null {
  const words: string[] = [];
  let word: string | null = null;
  let quote: string | null = null;
  for (const character of text) {
    if (quote !== null) {
      if (character === quote) quote = null;
      else word = (word ?? '') + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (character === ' ' || character === '\t') {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (word !== null) words.push(word);
  return quote === null ? words : null;
}

/** What is wrong with JVM options, as a predicate ("must not contain …"), or null. */
export function problemOfJvmOptions(text: string): string | null {
  if (text.length > MAX_LENGTH) return `must be at most ${MAX_LENGTH} characters`;
  const forbidden = FORBIDDEN.find(([pattern]) => pattern.test(text));
  if (forbidden) return `must not contain ${forbidden[1]}: YARN's launch command is a shell script`;
  const words = splitWords(text);
  if (words === null) return 'must not contain a quote that is not closed';
  if (words.some((word) => /["']/.test(word))) return 'must not contain quotes inside quotes';
  for (const [index, word] of words.entries()) {
    if (MEMORY_OPTION.test(word)) {
      return `must not contain ${word.slice(0, 40)}: the sizes follow from jobManager.memory and taskManager.memory`;
    }
    const before = words[index - 1];
    if (!word.startsWith('-') && !(before !== undefined && TAKES_NEXT_WORD.test(before))) {
      return `must be JVM options, each beginning with "-"; "${word.slice(0, 40)}" would be taken for the main class`;
    }
  }
  return null;
}

/**
 * The words of JVM options, without their quotes.
 * @throws SluiceError `InvalidDeploymentFile` when a word is no option or could mean something to a shell.
 */
export function tokenizeJvmOptions(text: string): string[] {
  const problem = problemOfJvmOptions(text);
  if (problem !== null) throw new SluiceError('InvalidDeploymentFile', `JVM options ${problem}`);
  return splitWords(text) ?? [];
}

/**
 * A word that both shells of the launch command hand on unchanged. Single quotes, since the outer shell already reads
 * within double quotes.
 * @throws SluiceError `InvalidDeploymentFile` when no quoting can protect it.
 */
export function quoteForLaunchCommand(token: string): string {
  const forbidden = FORBIDDEN.find(([pattern]) => pattern.test(token))?.[1] ?? (/["']/.test(token) ? 'a quote' : null);
  if (forbidden !== null) {
    throw new SluiceError('InvalidDeploymentFile', `"${token}" must not contain ${forbidden} in a launch command`);
  }
  return /^[-A-Za-z0-9_@%+=:,./]+$/.test(token) ? token : `'${token}'`;
}

/**
 * JVM options, quoted so that they may be put into a launch command as they are. Flink does so with the values of
 * `env.java.opts.*` for TaskManagers (BootstrapTools, 1.20).
 * @throws SluiceError `InvalidDeploymentFile` as `tokenizeJvmOptions`.
 */
export const renderJvmOptions = (text: string): string => tokenizeJvmOptions(text).map(quoteForLaunchCommand).join(' ');
