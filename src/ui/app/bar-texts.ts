/** The sentences of the bars below the head. */
import type { Part } from '../api/part.ts';

export const messages: Readonly<Record<Part, (since: string) => string>> = {
  api: (since) => `The API does not answer since ${since}: what you see is of then. Nothing can be asked now.`,
  temporal: (since) => `Temporal does not answer since ${since}: what you see is of then. Nothing can be asked now.`,
  storage: (since) => `The storage does not answer since ${since}: histories, deployments and releases are missing.`,
  stream: (since) => `No news come by themselves since ${since}: the page asks every ten seconds instead.`,
};

export const attempts = (count: number): string => ` Asked ${count === 1 ? 'once' : `${count} times`} since.`;
export const olderThan = (version: string): string => `The API is Sluice ${version} now, and this page is older.`;
