/** Words about the ownership of a job. The file imports only types, because the console reads it in a browser. */
import type { Ownership } from './ownership.ts';

/** The words for people, in the order in which a sentence names them. */
const words = { project: 'project', team: 'owner team', environment: 'environment' } as const satisfies Record<
  keyof Ownership,
  string
>;

/** Lists the fields in which two ownerships differ, each with its word and both values. */
export const differencesOf = (
  before: Ownership,
  after: Ownership,
): readonly { readonly what: string; readonly before: string; readonly after: string }[] =>
  (Object.keys(words) as (keyof Ownership)[]) // keys of a literal table
    .filter((field) => before[field] !== after[field])
    .map((field) => ({ what: words[field], before: before[field], after: after[field] }));

export const inWords = ({ project, team, environment }: Ownership): string =>
  `${words.project} ${project}, ${words.team} ${team}, ${words.environment} ${environment}`;
