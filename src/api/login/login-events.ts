/** Logins and logouts as they happen, for the log and for whoever keeps an account of them. */

import type { AuditLog } from '../audit/audit-log.ts';

export interface LoginEvent {
  readonly kind: 'login' | 'logout' | 'denied';
  readonly door: 'browser' | 'cli';
  /** Null while nobody is known. */
  readonly subject: string | null;
  readonly name: string | null;
  readonly session: string | null;
  /** Id of the token of whoever logs in with one. */
  readonly token?: string | null;
  /** The reason of a denial; whether a logout ended every session of the person. */
  readonly detail: string | null;
  /** The place that the request comes from. */
  readonly address: string;
  readonly requestId: string;
}

/** The one place that hears of every login, logout and denied login. */
export type NoteLogin = (event: LoginEvent) => void;

/** Tells the audit log. A denial that ends as a problem is counted there like every other one of a stranger. */
export function auditLogin(
  audit: Pick<AuditLog, 'login' | 'stranger'>,
  { kind, door, subject, name, session, token = null, address, requestId }: LoginEvent,
): void {
  if (kind === 'denied') {
    if (door === 'browser') audit.stranger(address, 'LoginDenied');
    return;
  }
  const method = token === null ? 'session' : 'token';
  const about = { action: kind, subject: name ?? subject ?? 'unknown', method, target: session ?? token };
  audit.login({ ...about, address, outcome: 'accepted', status: 200, requestId });
}
