/** The person who looks at the console: read once, again after each login, and gone after a logout. */
import { queryOptions, useQuery } from '@tanstack/react-query';
import type { SessionBody } from '../../api/access-contract.ts';
import type { Permission } from '../../domain/access/permissions.ts';
import { read, send, setCsrf } from './client.ts';
import { forgetTab } from '../state/kept.ts';
import { markSignedOut } from './connection.ts';
import { followAnew } from './live.ts';
import { queryClient } from './query-client.ts';

export const sessionQuery = queryOptions({
  queryKey: ['/session'] as const,
  async queryFn({ signal }): Promise<SessionBody> {
    const session = await read('/session', {}, signal);
    setCsrf(session.csrf);
    markSignedOut(false);
    return session;
  },
  staleTime: Infinity,
});

export const useSession = () => useQuery(sessionQuery);

/** Whether the caller has a permission about the installation; the job page knows those about its job. */
export function useMay(permission: Permission): boolean {
  const { data } = useSession();
  return data?.permissions.some((one) => one.permission === permission && one.allowed) ?? false;
}

/** Other tabs of this browser, which share the cookie. */
const tabs = new BroadcastChannel('sluice-session');
const LEFT = 'left';
tabs.addEventListener('message', ({ data }) => void (data === LEFT ? leave() : sessionChanged()));

/** All that was read but the session itself, whose key is only its path. */
const isOther = ({ queryKey }: { readonly queryKey: readonly unknown[] }): boolean => queryKey.length > 1;

const idOf = ({ method, name, token }: SessionBody): string => [method, name, token].join(' ');

/**
 * Asks anew who looks. Answers to somebody else are dropped, because this person may have no right to see them.
 * @returns whether it is the person of before.
 */
export async function renewSession(): Promise<boolean> {
  const before = queryClient.getQueryData(sessionQuery.queryKey);
  const now = await queryClient.query({ ...sessionQuery, staleTime: 0 });
  const isSame = before === undefined || idOf(before) === idOf(now);
  if (!isSame) {
    followAnew();
    void queryClient.resetQueries({ predicate: isOther });
  }
  return isSame;
}

/** Asks anew who looks, and for everything that was refused meanwhile. */
async function sessionChanged(): Promise<void> {
  await renewSession().catch(() => undefined);
  await queryClient.invalidateQueries({ predicate: isOther });
}

/** Tells this tab and all others that somebody has signed in. */
export async function announceSession(): Promise<void> {
  tabs.postMessage('changed');
  await sessionChanged();
}

/** Nothing of whoever has left stays for the next person: no answer, and no text that was not sent. */
async function leave(): Promise<void> {
  setCsrf(null);
  forgetTab();
  await queryClient.resetQueries();
}

/** @throws ApiProblem for a token that is none. */
export async function signInWithToken(token: string): Promise<void> {
  await send('/login/token', { method: 'POST', body: { token } });
  await announceSession();
}

export async function signOut(): Promise<void> {
  await send('/logout', { method: 'POST' });
  tabs.postMessage(LEFT);
  await leave();
}

/** Where a login at the identity provider begins; it comes back to the page. */
export const loginAddress = (browser: string, to: string): string => `${browser}?to=${encodeURIComponent(to)}`;
