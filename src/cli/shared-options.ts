/** Adds options that several commands share to any command, and keeps their types. */
import type { Command, OptionValues } from '@commander-js/extra-typings';

/**
 * Makes a function that adds options to any command. `add` is typed for a command without options, because inferring
 * its options on top of unknown ones takes the compiler minutes.
 */
export const adding =
  <Added extends OptionValues>(add: (command: Command) => Command<[], Added>) =>
  <Args extends unknown[], Options extends OptionValues>(
    command: Command<Args, Options>,
  ): Command<Args, Options & Added> =>
    add(command as unknown as Command) as unknown as Command<Args, Options & Added>; // the same command, with more options

/** Drops the values that are undefined, such as options that were not given. */
export const given = <T extends object>(values: T): Partial<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>; // a part of it

/** Adds an example to the help of a command. */
export const exampleOf = (...lines: readonly string[]): string =>
  `\n${lines.length === 1 ? 'Example' : 'Examples'}:\n${lines.map((line) => `  ${line}`).join('\n')}`;
