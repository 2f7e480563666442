/** What of a request is asked, apart from who asks, why, on what condition and by which door. */
import { fingerprintOf } from '../identity/fingerprint.ts';

/** The one list of fields about the asker: two requests that differ only in these are the same request. */
export const aboutTheAsker = ['id', 'actor', 'reason', 'via', 'ifRevision', 'onlyIf'] as const;
export type AboutTheAsker = (typeof aboutTheAsker)[number];

const isAboutTheAsker = (field: string): boolean => (aboutTheAsker as readonly string[]).includes(field);

/** The request without the fields about its asker. */
export const askedOf = <T extends object>(request: T): Omit<T, AboutTheAsker> =>
  Object.fromEntries(Object.entries(request).filter(([field]) => !isAboutTheAsker(field))) as Omit<T, AboutTheAsker>; // exactly these fields were left out

/** Equal for two requests that ask for the same: API, workflow, plan and claim compare these. */
export const fingerprintOfRequest = (kind: string, request: object): string =>
  fingerprintOf({ ...askedOf(request), kind });
