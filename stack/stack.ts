// Defines a stack. Each start decides the values once, and every component reads them.
import type { CachedTools } from './cache/cached-tools.ts';
import type { StackFiles } from './layout/stack-files.ts';
import type { StackSettings } from './settings.ts';

/** Address, bucket and credentials of S3. */
export interface S3Access {
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The zones of the clusters that the stack can start. */
export const CLUSTER_ZONES: Readonly<Record<string, string>> = { 'yarn-a': 'zone-a', 'yarn-b': 'zone-b' };

/** The stack as its components see it. */
export interface Stack {
  readonly settings: StackSettings;
  readonly files: StackFiles;
  readonly tools: CachedTools;
  readonly s3: S3Access;
  /** The token with which the CLI, and every other program, may do everything. */
  readonly token: string;
  /** The clusters that the stack starts. */
  readonly clusters: readonly string[];
  readonly port: (name: string) => number;
  /** The environment of every component, with the mark by which the stack knows its own processes. */
  readonly environment: Readonly<Record<string, string>>;
}
