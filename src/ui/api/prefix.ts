/** The prefix of every path of the API, of which only types may be imported. */
import { UNATTENDED_HEADER } from '../../domain/access/unattended.ts';
import { isAttended } from '../state/attended.ts';

import type { API_PREFIX as Prefix } from '../../api/contract.ts';

export const API_PREFIX: typeof Prefix = '/api/v1';

/** The header of a request that nobody at the page has caused. */
export const attendance = (): Readonly<Record<string, string>> => (isAttended() ? {} : { [UNATTENDED_HEADER]: 'true' });
