/** Secret keys: configuration keys whose values are never shown. */

/** Tells whether a key holds a secret: Flink's own list (GlobalConfiguration.SENSITIVE_KEYS, 2.1), and access keys. */
export function isSecretKey(key: string): boolean {
  const lower = key.toLowerCase();
  return (
    /password|passwd|secret|api[-_.]?key|access[-_.]?key|auth-params|service-key|basic-auth|jaas\.config|http-headers|fs\.azure\.account\.key|private[-_.]?key/.test(
      lower,
    ) || /(^|[-_.])token$/.test(lower)
  );
}

/**
 * Finds the name of an argument in the list item before it, as in `["--password", "x"]`. A name such as
 * `--password-file` marks no secret.
 */
export function flagBefore(list: readonly unknown[], index: number): string {
  const [before, item] = [list[index - 1], list[index]];
  if (typeof before !== 'string' || typeof item !== 'string' || item.startsWith('-')) return '';
  return /^--?[\w.-]*(password|passwd|secret|token|credential|key)$/i.test(before) ? before.replace(/^-+/, '') : '';
}
