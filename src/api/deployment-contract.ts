/** Schemas of the answers about one deployment: its file, its effective configuration, its differences, and what Flink can be configured with. */
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

export const FlinkOption = z.object({
  key: z.string(),
  type: z.string().describe('Of its value, such as Duration, MemorySize, Integer, Boolean, or the names of an enum'),
  values: z.array(z.string()).optional().describe('Of an enum: all of them'),
  default: z.string().nullable().describe('Null when it has none'),
  description: z.string(),
  deprecated: z.boolean().optional(),
  notAllowed: z
    .string()
    .optional()
    .describe('Why a deployment file cannot set it: Sluice, the platform or a field of the file does'),
});
export type FlinkOption = z.infer<typeof FlinkOption>;

export const FlinkOptionsBody = z.object({
  version: z.string().describe('Minor version of Flink whose options these are'),
  versions: z.array(z.string()).describe('All minor versions whose options are known'),
  options: z.array(FlinkOption).describe('By key'),
});
export type FlinkOptionsBody = z.infer<typeof FlinkOptionsBody>;
