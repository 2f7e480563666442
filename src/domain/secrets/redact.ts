/** Redaction hides secrets in logs, exceptions and diagnostics before people see them or Sluice stores them. */

import { withoutSecrets } from './secret-text.ts';

export const HIDDEN = '******';

/** Parts of names whose values are secret; Flink's own list (`GlobalConfiguration`) comes first. */
const SECRET_NAMES = [
  'password',
  'secret',
  'account\\.key',
  'api-?key',
  'auth-params',
  'service-key',
  'token',
  'basic-auth',
  'passwd',
  'access-key',
  'credential',
].join('|');

/** A value goes up to its closing quote, or without quotes up to the end of the word. */
const VALUE = `"(?:\\\\.|[^"\\\\])*"|'(?:\\\\.|[^'\\\\])*'|[^\\s,;]+`;

// The bound on the rest of a name keeps the pattern fast: a long word of such names would be scanned from each of them.
const setting = new RegExp(`((?:${SECRET_NAMES})[\\w.-]{0,200}["']?\\s*[:=,]\\s*)(${VALUE})`, 'gi');
const authorization = /\b(bearer|authorization["']?\s*[:=]\s*["']?basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi;
const userInUrl = /(:\/\/[^\s/:@]*:)[^\s/@]+@/g;

/** Hides the values of secret settings, HTTP tokens, tokens and sessions of Sluice, and passwords in URLs. */
export function redact(text: string): string {
  return withoutSecrets(text)
    .replace(authorization, `$1 ${HIDDEN}`)
    .replace(setting, `$1${HIDDEN}`)
    .replace(userInUrl, `$1${HIDDEN}@`);
}

/** Bytes that a tail may lack: a line break that belonged to its frame, or part of a character. */
const TAIL_SLACK = 8;

/** Whether a text of so many bytes fills the tail that was asked for, so that more may stand before it. */
export const isCut = (bytes: number, asked: number): boolean => bytes > asked - TAIL_SLACK;

/**
 * Redacts the end of a longer text. A cut text loses its first line, because the name that marks a value as secret may have
 * been cut away.
 */
export function redactTail(tail: string, wasCut: boolean): string {
  if (!wasCut) return redact(tail);
  const end = tail.indexOf('\n');
  return end === -1 ? '' : redact(tail.slice(end + 1));
}

/** Redacts each string within a JSON value by itself, so that the result stays JSON. */
export function redactStrings<T>(value: T): T {
  if (typeof value === 'string') return redact(value) as T; // a string stays a string
  if (Array.isArray(value)) return value.map((member: unknown) => redactStrings(member)) as T; // members keep their types
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, redactStrings<unknown>(member)])) as T; // as above
}
