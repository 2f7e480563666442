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
