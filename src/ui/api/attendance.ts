/** Tells the API of requests that the page makes by itself, so that they keep no session from ending. */
import { UNATTENDED_HEADER } from '../../domain/access/unattended.ts';
import { isAttended } from '../state/attended.ts';

/** The header of a request that nobody at the page has caused. */
export const attendance = (): Readonly<Record<string, string>> => (isAttended() ? {} : { [UNATTENDED_HEADER]: 'true' });
