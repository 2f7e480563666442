/** Keys of configuration whose values are never shown. */

/**
 * Whether a key holds a secret: Flink's own list (GlobalConfiguration.SENSITIVE_KEYS, 2.1) and access keys. Values of
 * such keys are never shown.
 */
export function isSecretKey(key: string): boolean {
  const lower = key.toLowerCase();
  return (
    /password|passwd|secret|api[-_.]?key|access[-_.]?key|auth-params|service-key|basic-auth|jaas\.config|http-headers|fs\.azure\.account\.key|private[-_.]?key/.test(
      lower,
    ) || /(^|[-_.])token$/.test(lower)
  );
}
