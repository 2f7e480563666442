/** Releases: immutable sets of files in S3, described by their `release.json`. */
import { z } from 'zod';

const ProjectName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'must be a lower-case name such as "clicks"');
const Version = z
  .string()
  .regex(/^[A-Za-z0-9]([A-Za-z0-9._+-]{0,98}[A-Za-z0-9])?$/, 'must be a version such as "1.4.2"')
  .refine((version) => !version.includes('..'), 'must not contain ".."');
const FileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,199}$/, 'must be a plain file name without folders');
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** `<project>/<version>`, as people write it. */
export const ReleaseName = z
  .string()
  .max(200)
  .transform((text, context) => {
    const parsed = parseReleaseName(text);
    if (parsed) return `${parsed.project}/${parsed.version}`;
    context.addIssue({
      code: 'custom',
      message: 'must name a release as <project>/<version>, for example clicks/1.4.2',
    });
    return z.NEVER;
  });

/** The inverse of writing `<project>/<version>`; null when it is neither. */
export function parseReleaseName(text: string): { project: string; version: string } | null {
  const slash = text.indexOf('/');
  if (slash < 0) return null;
  const project = ProjectName.safeParse(text.slice(0, slash));
  const version = Version.safeParse(text.slice(slash + 1));
  return project.success && version.success ? { project: project.data, version: version.data } : null;
}

export const ReleaseFile = z.strictObject({
  name: FileName,
  kind: z.enum(['jar', 'deployment']),
  size: z.number().int().nonnegative(),
  sha256: Sha256,
  /** Only of deployment files: the job that it describes. */
  job: z.string().optional(),
  /** Only of deployment files: its environment. */
  environment: z.string().optional(),
  /** Only of deployment files that ask for it: the release is to deploy itself, so the file must be looked at. */
  autoDeploy: z.literal(true).optional(),
});
export type ReleaseFile = z.infer<typeof ReleaseFile>;

export const Release = z.strictObject({
  apiVersion: z.literal('sluice/v1'),
  project: ProjectName,
  version: Version,
  gitCommit: z.string().max(64).nullable(),
  buildUrl: z.string().max(2048).nullable(),
  createdAt: z.string(),
  files: z.array(ReleaseFile).max(1000),
});
export type Release = z.infer<typeof Release>;
