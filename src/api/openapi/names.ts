/** Names of the schemas of the document: generators of clients make a type of each, so that none is called `Body7`. */
import { z } from 'zod';
import { Binding } from '../../domain/access/decide.ts';
import { TokenRequest } from '../../domain/access/tokens.ts';
import { Cordon } from '../../domain/cluster/cordon.ts';
import { Deployment } from '../../domain/deployment/deployment.ts';
import { Cause } from '../../domain/errors/cause.ts';
import { HotfixView } from '../../domain/hotfix/hotfix.ts';
import { PendingStop, Rejection, Skipped } from '../../domain/job/job-memory.ts';
import { operationKinds } from '../../domain/lifecycle.ts';
import { Claimed } from '../../domain/operation/asker.ts';
import { OperationRecord } from '../../domain/operation/operation.ts';
import { Changes } from '../../domain/plan/plan.ts';
import { Release } from '../../domain/release/release.ts';
import { RestorePoint } from '../../domain/restore-points/restore-point.ts';
import * as access from '../access-contract.ts';
import { Step } from '../caller-contract.ts';
import * as clusters from '../cluster-contract.ts';
import * as contract from '../contract.ts';
import * as deployments from '../deployment-contract.ts';
import * as figures from '../figures-contract.ts';
import * as instances from '../instance-contract.ts';
import * as jobList from '../job-list-contract.ts';
import { bodyOf, OperationRequest } from '../operations/operation-request.ts';

const schemas: Readonly<Record<string, z.ZodType>> = {
  Operation: OperationRecord,
  Claimed,
  Cause,
  Hotfix: HotfixView,
  Changes,
  PendingStop,
  Rejection,
  SkippedSavepoints: Skipped,
  Live: instances.LiveBody,
  OperationItem: contract.OperationItem,
  OperationBody: contract.OperationBody,
  OperationResource: contract.OperationResource,
  OperationList: contract.OperationList,
  OperationRequest,
  Deployment,
  DeploymentList: contract.DeploymentList,
  RestorePoint,
  RestorePointItem: contract.RestorePointItem,
  RestorePointList: contract.RestorePointList,
  LogItem: instances.LogItem,
  LogList: contract.LogList,
  InstanceExceptions: instances.InstanceExceptions,
  ExceptionsList: contract.ExceptionsList,
  Release,
  ReleaseBody: contract.ReleaseBody,
  ReleaseItem: contract.ReleaseItem,
  ReleaseList: contract.ReleaseList,
  Job: contract.JobBody,
  JobItem: jobList.JobItem,
  JobList: jobList.JobList,
  DeploymentFile: deployments.DeploymentFileBody,
  EffectiveConfiguration: deployments.ConfigurationBody,
  DeploymentDiff: deployments.DiffBody,
  ReleaseFileText: deployments.ReleaseFileBody,
  Step,
  Steps: figures.StepsBody,
  UpgradeList: figures.UpgradeList,
  Checkpoints: figures.CheckpointsBody,
  OperationStats: figures.OperationStats,
  FlinkOption: deployments.FlinkOption,
  FlinkOptions: deployments.FlinkOptionsBody,
  LostJob: contract.LostJob,
  LostJobList: contract.LostJobList,
  Plan: contract.Plan,
  Cluster: clusters.ClusterItem,
  ClusterList: clusters.ClusterList,
  ClusterDetails: clusters.ClusterBody,
  Cordon,
  ClusterCordon: clusters.CordonBody,
  CordonRequest: clusters.CordonRequest,
  UncordonRequest: clusters.UncordonRequest,
  Queue: clusters.QueueItem,
  Stranger: clusters.StrangerItem,
  Doctor: contract.DoctorBody,
  Validation: contract.ValidationBody,
  Holder: contract.HolderBody,
  Problem: contract.ProblemBody,
  Links: contract.Links,
  Health: access.HealthBody,
  Binding,
  Token: access.TokenItem,
  TokenCreated: access.TokenCreated,
  TokenList: access.TokenList,
  TokenRequest,
  Session: access.SessionBody,
  AuditItem: access.AuditItem,
  AuditList: access.AuditList,
};

/** The name of the body that asks for an operation of a kind, such as `RevertHotfixRequest`. */
const requestName = (kind: string): string => `${kind.charAt(0).toUpperCase()}${kind.slice(1)}Request`;

export const names = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries(schemas)) names.add(schema, { id });
for (const kind of operationKinds) names.add(bodyOf(kind), { id: requestName(kind) });
