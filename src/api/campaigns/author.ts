/** Tells whether a caller began a campaign. */
import type { Caller } from '../../domain/access/decide.ts';
import { hex32 } from '../../domain/identity/fingerprint.ts';

/**
 * Identifies the caller among all of the same name: by the id of the token, or by the subject that the identity provider or the proxy
 * vouches for. A digest, because the list of campaigns keeps it where people read.
 * @returns null for a caller whom nothing identifies.
 */
export function authorOf({ method, token, person }: Caller): string | null {
  switch (method) {
    case 'token':
      return token === null ? null : hex32('token', token);
    case 'session':
    case 'jwt':
      return person === undefined ? null : hex32('person', person.subject);
    case 'proxy':
      return person === undefined ? null : hex32('proxy', person.subject);
    case 'anonymous':
      return null;
  }
}

/** Campaigns of before Sluice kept their author have none, so that only permissions decide. */
export const isAuthor = (caller: Caller, { author }: { readonly author?: string | undefined }): boolean =>
  author !== undefined && author === authorOf(caller);
