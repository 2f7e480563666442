/**
 * JVM options become part of YARN's launch command. Two shells read that command, because the NodeManager writes
 * `exec /bin/bash -c "<command>"` into a script (Hadoop's ContainerLaunch). This file therefore splits, checks and quotes
 * the options. Single quotes protect a word from the inner shell; refused is what the outer shell reads in its double
 * quotes, and what YARN itself replaces (ContainerLaunch.expandEnvironment). YARN's `<LOG_DIR>` is allowed, because its
 * value is wanted.
 */
import { SluiceError } from '../errors/errors.ts';

/** Characters that no quoting protects, and characters that a JVM reads by its container's locale. */
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/[\n\r]/, 'a line break'],
  [/[`$]/, '` or $'],
  [/\\/, 'a backslash'],
  [/\{\{|\}\}/, '{{ or }}'],
  [/<CPS>/, '<CPS>, which YARN replaces'],
  [/[^\P{C}\t]/u, 'a control or invisible character'],
  [/[^\x20-\x7e\t]/u, 'a character beyond ASCII'],
];

/** Options that take the next word as their value. */
const TAKES_NEXT_WORD =
  /^--(add-opens|add-exports|add-reads|add-modules|enable-native-access|patch-module|module-path)$/;

/** Sizes that follow from the process size. A second value would let the container outgrow its limit. */
const MEMORY_OPTION = /^-(Xmx|Xms|XX:MaxMetaspaceSize=|XX:MaxDirectMemorySize=|XX:MaxHeapSize=|XX:InitialHeapSize=)/;

/** Settings of logging that the launchers write behind all others, so that these would have no effect. */
const LOGGING_OPTION = /^-D(log\.file|log4j2?\.configuration(File)?|logback\.configurationFile)(=|$)/;

const MAX_LENGTH = 8192;

/** Joins lines with spaces: a YAML block ends in a line break, and a long list of options is written over many lines. */
export const joinLines = (text: string): string =>
  text
    .split(/[\n\r]+/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ')
    .trim();

/** Tells whether the value of a configuration key is a list of JVM options. */
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

/** @returns the problem of JVM options as a predicate ("must not contain …"), or null. */
export function problemOfJvmOptions(written: string): string | null {
  const text = joinLines(written);
  if (text.length > MAX_LENGTH) return `must be at most ${MAX_LENGTH} characters`;
  const forbidden = FORBIDDEN.find(([pattern]) => pattern.test(text));
  if (forbidden) return `must not contain ${forbidden[1]}, because YARN's launch command is a shell script`;
  const words = splitWords(text);
  if (words === null) return 'must not contain a quote that is not closed';
  if (words.some((word) => /["']/.test(word))) return 'must not contain quotes inside quotes';
  for (const [index, word] of words.entries()) {
    if (MEMORY_OPTION.test(word)) {
      return `must not contain ${word.slice(0, 40)}, because jobManager.memory and taskManager.memory decide the sizes`;
    }
    const logging = LOGGING_OPTION.exec(word);
    if (logging) {
      return `must not contain -D${logging[1] ?? ''}, because the platform's log4j.properties counts: set env.log.level, or ask the platform team`;
    }
    if (word.startsWith('-Dsluice.armed')) return 'must not contain -Dsluice.armed, which the gate of a JVM sets';
    const before = words[index - 1];
    if (!word.startsWith('-') && !(before !== undefined && TAKES_NEXT_WORD.test(before))) {
      return `must be JVM options, each beginning with "-": Java would take "${word.slice(0, 40)}" for the main class`;
    }
  }
  return null;
}

/**
 * Splits JVM options into words, without their quotes.
 * @throws SluiceError `InvalidDeploymentFile` when a word is no option or could mean something to a shell.
 */
export function tokenizeJvmOptions(text: string): string[] {
  const problem = problemOfJvmOptions(text);
  if (problem !== null) throw new SluiceError('InvalidDeploymentFile', `JVM options ${problem}`);
  return splitWords(joinLines(text)) ?? [];
}

/**
 * Quotes a word so that both shells of the launch command pass it on unchanged. The quotes are single ones, because the
 * outer shell reads within double quotes.
 * @throws SluiceError `InvalidDeploymentFile` when no quoting can protect the word.
 */
export function quoteForLaunchCommand(token: string): string {
  const forbidden = FORBIDDEN.find(([pattern]) => pattern.test(token))?.[1] ?? (/["']/.test(token) ? 'a quote' : null);
  if (forbidden !== null) {
    throw new SluiceError('InvalidDeploymentFile', `"${token}" must not contain ${forbidden} in a launch command`);
  }
  return /^[-A-Za-z0-9_@%+=:,./]+$/.test(token) ? token : `'${token}'`;
}

/**
 * Renders JVM options for a launch command. Flink puts the values of `env.java.opts.*` into that of a TaskManager unchanged
 * (BootstrapTools, 1.20).
 * @throws SluiceError `InvalidDeploymentFile` as `tokenizeJvmOptions` does.
 */
export const renderJvmOptions = (text: string): string => tokenizeJvmOptions(text).map(quoteForLaunchCommand).join(' ');
