/**
 * Field schemas are the kinds of fields from which the deployment file is built. Each message is a predicate ("must be …")
 * that follows the path of the field.
 */
import { z } from 'zod';
import { parseDuration } from './durations.ts';
import { parseMemory } from './memory-size.ts';

/** Control, formatting (zero-width, right-to-left) and half characters, which forge lines in logs and deceive readers. */
const INVISIBLE = /\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}|\p{Cs}/u;

/** Tells whether a text shows everything that it holds, in one line. */
export const isVisible = (value: string): boolean => !INVISIBLE.test(value);

/** Readable text in one line of at most `max` characters. */
export const text = (max: number) =>
  z
    .string('must be a string')
    .min(1, 'must not be empty')
    .max(max, `must be at most ${max} characters`)
    .refine(isVisible, 'must not contain control or invisible characters')
    .refine((value) => value.trim() === value, 'must not begin or end with spaces');

/** A string of a fixed form, which `message` describes. */
export const pattern = (regex: RegExp, message: string) => z.string('must be a string').regex(regex, message);

/** A name that is safe in ids, folders and tags; `what` says of which thing. */
export const lowerCaseName = (what: string) =>
  pattern(
    /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/,
    `must be ${what}: lower-case letters, digits and hyphens, at most 63, beginning and ending with a letter or digit`,
  );

/** A whole number from `min` to `max`, both included. */
export const wholeNumber = (min: number, max: number) => {
  const message = min === 1 ? 'must be a positive whole number' : `must be a whole number of at least ${min}`;
  return z.int(message).min(min, message).max(max, `must be at most ${max}`);
};

/** A duration with its unit, from `min` to `max`, both included. */
export const duration = (min: string, max: string) =>
  z
    .string('must be a duration such as 30s, 5m or 1h')
    .refine(
      (value) => parseDuration(value) !== null && !/^[\s\d]*$/.test(value),
      'must be a duration such as 30s, 5m or 1h',
    )
    .refine((value) => {
      const milliseconds = parseDuration(value) ?? 0;
      return milliseconds >= (parseDuration(min) ?? 0) && milliseconds <= (parseDuration(max) ?? 0);
    }, `must be a duration from ${min} to ${max}`);

/** A memory size with its unit, because a bare number means bytes to Flink and megabytes to YARN. */
export const memory = z
  .string('must be a memory size such as 1600m or 4g')
  .refine(
    (value) => parseMemory(value) !== null && !/^[\s\d]*$/.test(value),
    'must be a memory size such as 1600m or 4g',
  )
  .refine((value) => {
    const bytes = parseMemory(value) ?? 0;
    return bytes >= 256 * 2 ** 20 && bytes <= 1024 * 2 ** 30;
  }, 'must be a memory size from 256m to 1024g');
