/** The activities as workflows call them: one proxy for each profile, with a summary for Temporal's Web UI. */
import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { CHANGE, READ, RECORD, WATCH, waitOptions } from './activity-options.ts';

export const read = proxyActivities<Activities>(READ);
export const change = proxyActivities<Activities>(CHANGE);
export const record = proxyActivities<Activities>(RECORD);
export const watch = proxyActivities<Activities>(WATCH);
/** `deadlineMs` is the phase's own deadline; the activity answers by then. */
export const waitFor = (deadlineMs: number) => proxyActivities<Activities>(waitOptions(deadlineMs));
