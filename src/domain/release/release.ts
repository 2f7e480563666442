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
  /** Where it is below the release's folder, if not under its name: `<sha256>/<name>`. */
  path: z
    .string()
    .regex(/^[0-9a-f]{64}\/[A-Za-z0-9][A-Za-z0-9._+-]{0,199}$/)
    .optional(),
  /** Only of deployment files that ask for it: the release is to deploy itself, so the file must be looked at. */
  autoDeploy: z.literal(true).optional(),
});
export type ReleaseFile = z.infer<typeof ReleaseFile>;

/** A deployment file as it was reviewed, or the base that it extends; the flat result is among `files`. */
const SourceFile = z.strictObject({ name: FileName, size: z.number().int().nonnegative(), sha256: Sha256 });
export type SourceFile = z.infer<typeof SourceFile>;

export const Release = z.strictObject({
  apiVersion: z.literal('sluice/v1'),
  project: ProjectName,
  version: Version,
  gitCommit: z.string().max(64).nullable(),
  buildUrl: z.string().max(2048).nullable(),
  createdAt: z.string(),
  /** When it had appeared, of one that was taken out and brought back; absent: when its release.json was written. */
  publishedAt: z.string().optional(),
  files: z.array(ReleaseFile).max(1000),
  /** What was written with `extends`, and its bases. */
  sources: z.array(SourceFile).max(2000).optional(),
});
export type Release = z.infer<typeof Release>;

/**
 * The version of a build that nobody gave one: the commit, or what a changed checkout made of it. Such a build has no
 * commit that describes it, so that its content is part of its version.
 */
export function versionOf({ commit, isDirty }: { readonly commit: string; readonly isDirty: boolean }) {
  const short = commit.slice(0, 12);
  return isDirty ? (content: string) => `${short}-dirty-${content.slice(0, 8)}` : short;
}
