/** Hides secrets in what a job wrote before people see it or it is kept: logs, exceptions, diagnostics. */

export const HIDDEN = '******';

/** Parts of names whose values are secret; the first ones are those of Flink's `GlobalConfiguration`. */
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

/** A value: in quotes up to the closing one, or up to what ends a word. */
const VALUE = `"(?:\\\\.|[^"\\\\])*"|'(?:\\\\.|[^'\\\\])*'|[^\\s,;]+`;

// What follows in a name is bounded: a long word of such names would be gone through from each of them.
const setting = new RegExp(`((?:${SECRET_NAMES})[\\w.-]{0,200}["']?\\s*[:=,]\\s*)(${VALUE})`, 'gi');
const authorization = /\b(bearer|authorization["']?\s*[:=]\s*["']?basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi;
const userInUrl = /(:\/\/[^\s/:@]*:)[^\s/@]+@/g;

/** The text with the values of secret settings, tokens of HTTP and passwords in URLs hidden. */
export function redact(text: string): string {
  return text.replace(authorization, `$1 ${HIDDEN}`).replace(setting, `$1${HIDDEN}`).replace(userInUrl, `$1${HIDDEN}@`);
}

/** Bytes that a tail may lack: a line break that belonged to its frame, or part of a character. */
const TAIL_SLACK = 8;

/** Whether a text of so many bytes fills the tail that was asked for, so that more may stand before it. */
export const isCut = (bytes: number, asked: number): boolean => bytes > asked - TAIL_SLACK;

/**
 * The end of a longer text, redacted. Its first line is left out where the text was cut: the name that tells that a value
 * is secret may have been cut away.
 */
export function redactTail(tail: string, wasCut: boolean): string {
  if (!wasCut) return redact(tail);
  const end = tail.indexOf('\n');
  return end === -1 ? '' : redact(tail.slice(end + 1));
}

/** Each string within a JSON value redacted by itself, so that what is written of it stays JSON. */
export function redactStrings<T>(value: T): T {
  if (typeof value === 'string') return redact(value) as T; // a string stays one
  if (Array.isArray(value)) return value.map((member: unknown) => redactStrings(member)) as T; // members keep their types
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, redactStrings<unknown>(member)])) as T; // as above
}
