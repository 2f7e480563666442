/** Schemas of the answers about one deployment: its file, its effective configuration, and its differences. */
import { z } from 'zod';
import { configOrigins } from '../domain/flink-options/framework-owned.ts';
import { Changes } from '../domain/plan/plan.ts';

/** The deployment file of a deployment, which its record names by content. */
export const DeploymentFileBody = z.object({
  job: z.string(),
  deployment: z.int(),
  release: z.string(),
  sha256: z.string(),
  text: z.string().describe('The deployment file as released, in YAML, with its base merged in and without the hotfix'),
});
export type DeploymentFileBody = z.infer<typeof DeploymentFileBody>;

export const ConfigurationBody = z.object({
  job: z.string(),
  deployment: z.int(),
  release: z.string(),
  sha256: z.string(),
  entries: z
    .array(z.object({ key: z.string(), value: z.string(), origin: z.enum(configOrigins) }))
    .describe('Options of Flink by key, each with the layer that decided it; values of secrets are hidden'),
});
export type ConfigurationBody = z.infer<typeof ConfigurationBody>;

export const ReleaseFileBody = z.object({ name: z.string(), sha256: z.string(), text: z.string() });

export const DiffBody = Changes.extend({
  job: z.string(),
  from: z.int().describe('Number of a deployment'),
  to: z.int(),
});
export type DiffBody = z.infer<typeof DiffBody>;
