/** Releases: immutable sets of files in S3, each described by its `release.json`. */
import { z } from 'zod';

export const ProjectName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'must be a lower-case name such as "clicks"');
export const VersionName = z
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

/** The inverse of writing `<project>/<version>`; null for any other text. */
export function parseReleaseName(text: string): { project: string; version: string } | null {
  const slash = text.indexOf('/');
  if (slash < 0) return null;
  const project = ProjectName.safeParse(text.slice(0, slash));
  const version = VersionName.safeParse(text.slice(slash + 1));
  return project.success && version.success ? { project: project.data, version: version.data } : null;
}

export const ReleaseFile = z.strictObject({
  name: FileName,
  kind: z.enum(['jar', 'file', 'deployment']),
  size: z.number().int().nonnegative(),
  sha256: Sha256,
  /** Deployment files only: the job that the file describes. */
  job: z.string().optional(),
  /** Deployment files only: the environment that the file describes. */
  environment: z.string().optional(),
  /** The place below the release's folder, `<sha256>/<name>`; absent when the file lies there under its name. */
  path: z
    .string()
    .regex(/^[0-9a-f]{64}\/[A-Za-z0-9][A-Za-z0-9._+-]{0,199}$/)
    .optional(),
  /** Deployment files only: the file enables `autoDeploy`, so the watch of releases has to read it. */
  autoDeploy: z.literal(true).optional(),
});
export type ReleaseFile = z.infer<typeof ReleaseFile>;

/** A deployment file as people reviewed it, or the base that it extends; `files` has the merged result. */
const SourceFile = z.strictObject({ name: FileName, size: z.number().int().nonnegative(), sha256: Sha256 });
export type SourceFile = z.infer<typeof SourceFile>;

export const Release = z.strictObject({
  apiVersion: z.literal('sluice/v1'),
  project: ProjectName,
  version: VersionName,
  gitCommit: z.string().max(64).nullable(),
  buildUrl: z.string().max(2048).nullable(),
  createdAt: z.string(),
  /** When a release that was retired and restored first appeared; absent when release.json's own time says so. */
  publishedAt: z.string().optional(),
  files: z.array(ReleaseFile).max(1000),
  /** Deployment files with `extends`, and their bases. */
  sources: z.array(SourceFile).max(2000).optional(),
});
export type Release = z.infer<typeof Release>;

/** The tombstone of a release stays for ever, so that its version never gets another content. */
export const RetiredRelease = z.strictObject({
  retiredAt: z.string(),
  reason: z.string(),
  release: Release,
  /** Null while the files are there. */
  removedAt: z.string().nullable(),
});
export type RetiredRelease = z.infer<typeof RetiredRelease>;

/**
 * Derives the version of a build that was given none. A clean checkout is described by its commit. A changed checkout is
 * described by no commit, so its content becomes part of the version.
 */
export function versionOf({ commit, isDirty }: { readonly commit: string; readonly isDirty: boolean }) {
  const short = commit.slice(0, 12);
  return isDirty ? (content: string) => `${short}-dirty-${content.slice(0, 8)}` : short;
}
