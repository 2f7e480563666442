/** The kinds of records in S3, each with its schema. `record.ts` reads and writes all of them in the same way. */
import { z } from 'zod';
import { AuditSegment } from '../domain/access/audit.ts';
import { SessionRecord } from '../domain/access/sessions.ts';
import { TokenRecord, TokenUse } from '../domain/access/tokens.ts';
import { ClusterRecord } from '../domain/cluster/cordon.ts';
import { openEnum } from '../domain/compatibility/open-enum.ts';
import { Deployment } from '../domain/deployment/deployment.ts';
import { PlacedContainers } from '../domain/deployment/placed-containers.ts';
import { DistributionRecord } from '../domain/distribution/distribution.ts';
import { ShippedFiles } from '../domain/deployment/shipped-files.ts';
import { configOrigins } from '../domain/flink-options/framework-owned.ts';
import { Claim, Fence } from '../domain/lock/fence.ts';
import { Gates } from '../domain/lock/gate.ts';
import { Traces } from '../domain/lock/traces.ts';
import { Ledger } from '../domain/notification/ledger.ts';
import { Refusal } from '../domain/notification/refusal-notice.ts';
import { OperationRecord } from '../domain/operation/operation.ts';
import { Release, RetiredRelease } from '../domain/release/release.ts';

/** The record of an application that a person had started and a job has taken over. */
const Adoption = z.strictObject({ version: z.literal(1), deployment: Deployment });

/** The effective configuration of a start; its name is its own sha256, so that it is written once. */
const Configuration = z.array(
  z.strictObject({
    key: z.string(),
    value: z.string(),
    items: z.array(z.string()).exactOptional(),
    origin: openEnum(configOrigins, 'framework'),
  }),
);

/** The exceptions of an instance as they were saved before it was ended. */
const Exceptions = z.array(
  z.strictObject({
    at: z.number(),
    name: z.string(),
    task: z.string().nullable(),
    host: z.string().nullable(),
    rootCause: z.string(),
    stack: z.string(),
  }),
);

export const recordKinds = {
  adoption: Adoption,
  auditSegment: AuditSegment,
  claim: Claim,
  cluster: ClusterRecord,
  configuration: Configuration,
  containers: PlacedContainers,
  deployment: Deployment,
  distribution: DistributionRecord,
  exceptions: Exceptions,
  fence: Fence,
  gates: Gates,
  notifications: Ledger,
  operation: OperationRecord,
  refusal: Refusal,
  release: Release,
  retiredRelease: RetiredRelease,
  session: SessionRecord,
  shipped: ShippedFiles,
  token: TokenRecord,
  tokenUse: TokenUse,
  traces: Traces,
} as const;

export type RecordKind = keyof typeof recordKinds;
export type RecordOf<K extends RecordKind> = z.output<(typeof recordKinds)[K]>;
