/** The ownership of a job: the project, the owner team and the environment to which the job and its state belong. */
import { z } from 'zod';

export const Ownership = z.strictObject({
  /** The project whose releases the job runs: the part of a release's name before the slash. */
  project: z.string(),
  /** `owner.team` of its deployment files. */
  team: z.string(),
  environment: z.string(),
});
export type Ownership = z.infer<typeof Ownership>;

/** The words for people, in the order in which a sentence names them. */
const words = { project: 'project', team: 'owner team', environment: 'environment' } as const satisfies Record<
  keyof Ownership,
  string
>;

/** Takes the project from the name of a release. */
export const projectOf = (release: string): string => release.slice(0, Math.max(0, release.indexOf('/')));

/** Derives the ownership that a deployment, or the plan of one, declares. */
export const ownershipOf = ({
  release,
  owner,
  environment,
}: {
  readonly release: string;
  readonly owner: string;
  readonly environment: string;
}): Ownership => ({ project: projectOf(release), team: owner, environment });

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
