/** The prefix of every path of the API, of which only types may be imported. */
import type { API_PREFIX as Prefix } from '../../api/contract.ts';

export const API_PREFIX: typeof Prefix = '/api/v1';
