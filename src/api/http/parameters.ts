/** Parameters of paths: the form of each, and what it names. The parser and the OpenAPI document both read this table. */
import { z } from 'zod';
import { CampaignId, OperationId } from '../../domain/identity/ids.ts';
import { JobName } from '../../domain/identity/job-name.ts';
import { ProjectName, VersionName } from '../../domain/release/release.ts';

interface Parameter {
  readonly schema: z.ZodType<string>;
  readonly meaning: string;
  /** Whether it goes on over slashes, up to the end of the path. */
  readonly isRest?: true;
}

/** The number of a deployment, in paths and in queries. */
export const DeploymentNumber = z.string().regex(/^[1-9]\d{0,8}$/, 'must be a number such as 7');

export const parameters: Readonly<Record<string, Parameter>> = {
  job: { schema: JobName, meaning: 'Name of the job, such as clicks-prod' },
  id: { schema: OperationId, meaning: 'Id of the operation or of the token' },
  project: { schema: ProjectName, meaning: 'Project of the release, such as clicks' },
  version: { schema: VersionName, meaning: 'Version of the release, such as 1.4.2' },
  flinkVersion: {
    schema: z.string().regex(/^[A-Za-z0-9.-]{1,40}$/, 'must be a version such as 1.20.1'),
    meaning: 'Version of Flink, such as 1.20.1',
  },
  number: { schema: DeploymentNumber, meaning: 'Number of the deployment' },
  name: { schema: z.string(), meaning: 'Name of the file of the release, such as clicks-prod.yaml' },
  campaign: { schema: CampaignId, meaning: 'Id of the campaign' },
  cluster: { schema: z.string(), meaning: 'Name of the cluster, such as yarn-a' },
  file: { schema: z.string(), meaning: 'Name of the file as the list has it, such as jobmanager.log' },
  flinkJob: {
    schema: z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 hex digits'),
    meaning: 'Id of the job in Flink, as the deployment has it',
  },
  path: {
    schema: z.string().max(500, 'must have at most 500 characters'),
    meaning: "Path of Flink's REST API, such as jobs/overview",
    isRest: true,
  },
};
