/** The substance of a request, apart from who asks, why, on what condition and by which door. */
import { fingerprintOf } from '../identity/fingerprint.ts';

/** The fields about the asker: two requests that differ only in these are the same request. */
export const aboutTheAsker = ['id', 'actor', 'reason', 'via', 'ifRevision', 'onlyIf'] as const;
export type AboutTheAsker = (typeof aboutTheAsker)[number];

const isAboutTheAsker = (field: string): boolean => (aboutTheAsker as readonly string[]).includes(field);

/** Drops the fields about the asker from a request. */
export const askedOf = <T extends object>(request: T): Omit<T, AboutTheAsker> =>
  Object.fromEntries(Object.entries(request).filter(([field]) => !isAboutTheAsker(field))) as Omit<T, AboutTheAsker>; // exactly these fields are left out

/** Fingerprint of a request, equal for two requests that ask for the same. API, workflow, plan and claim compare it. */
export const fingerprintOfRequest = (kind: string, request: object): string =>
  fingerprintOf({ ...askedOf(request), kind });
