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
