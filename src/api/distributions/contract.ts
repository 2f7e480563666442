/** Schemas of the answers about Flink distributions: what is published, and the class archives of each cluster. */
import { z } from 'zod';
import { text } from '../../domain/input/field-schemas.ts';
import { WarmUp } from '../../domain/distribution/distribution.ts';
import { listOf } from '../contract.ts';

const ClassArchivesItem = z.object({
  id: z.string(),
  madeAt: z.string(),
  madeBy: z.string(),
  java: z.string().describe('The JVM that wrote them; JVMs of another build go without'),
  bytes: z.int(),
  classes: z.object({
    jobManager: z.int().describe('Classes that a JobManager took from its archive when it was checked'),
    taskManager: z.int(),
  }),
});

const Retirement = z.object({ at: z.string(), by: z.string(), reason: z.string() });

export const DistributionItem = z.object({
  flinkVersion: z.string(),
  source: z
    .enum(['published', 'configuration'])
    .describe('Whether it was published, or only the configuration names its folder'),
  folder: z.string().describe('Folder in the bucket'),
  files: z.int().nullable().describe('Null for one that the configuration names'),
  bytes: z.int().nullable(),
  archive: z
    .object({
      bytes: z.int(),
      unchanged: z.boolean().describe('Whether the object is still the one that was published'),
    })
    .nullable()
    .describe('The JARs of Flink as one archive, which class archives need'),
  publishedAt: z.string().nullable(),
  publishedBy: z.string().nullable(),
  retired: Retirement.nullable(),
  retirements: z.array(Retirement).optional().describe('Earlier retirements, each until it was published again'),
  clusters: z.array(
    z.object({
      name: z.string(),
      archives: ClassArchivesItem.nullable().describe('Null where starts go without'),
      warmUp: WarmUp.nullable().describe('The last warm-up of the cluster'),
    }),
  ),
});
export type DistributionItem = z.infer<typeof DistributionItem>;

export const DistributionList = listOf(DistributionItem);
export type DistributionList = z.infer<typeof DistributionList>;

const MOST_REASON = 500;

/** A folder that `sluice distribution publish` has uploaded; nothing outside of `dist/` is one. */
export const PublishRequest = z.strictObject({
  folder: z
    .string()
    .max(200)
    .regex(/^dist\/[A-Za-z0-9._-]+$/, 'must be a folder such as dist/flink-1.20.1-0123456789ab'),
});

export const WarmRequest = z.strictObject({
  cluster: z.string().min(1).max(100),
  queue: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,200}$/, 'must be a queue of YARN')
    .default('default')
    .describe('The queue of the two applications'),
});

export const WarmBody = z.object({ flinkVersion: z.string(), cluster: z.string(), warmUp: WarmUp });
export type WarmBody = z.infer<typeof WarmBody>;

export const RetireRequest = z.strictObject({
  reason: text(MOST_REASON),
  force: z.boolean().default(false).describe('Retire it although jobs were started with it last'),
});
