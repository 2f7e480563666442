/** The signature of a webhook, in the scheme of Stripe: `t=<seconds>,v1=<HMAC-SHA256 of "<seconds>.<body>">`. */
import { createHmac } from 'node:crypto';

/** @param secrets one or more, so that a receiver can change from one to the next. */
export function signatureOf(body: string, secrets: readonly string[], seconds: number): string {
  const digests = secrets.map((secret) => createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex'));
  return [`t=${seconds}`, ...digests.map((digest) => `v1=${digest}`)].join(',');
}
