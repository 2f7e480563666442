/** Every path that the console reads, with the type of its answer. Types of the contract only: nothing of the API is bundled. */
import type { z } from 'zod';
import type { AuditList, HealthBody, LoginMethods, SessionBody, TokenList } from '../../api/access-contract.ts';
import type { CampaignBody, CampaignList } from '../../api/campaign-contract.ts';
import type { ClusterBody, ClusterList } from '../../api/cluster-contract.ts';
import type {
  DeploymentList,
  DoctorBody,
  ExceptionsList,
  JobBody,
  LogList,
  LostJobList,
  OperationItem,
  OperationList,
  ReleaseBody,
  ReleaseList,
  RestorePointList,
} from '../../api/contract.ts';
import type {
  ConfigurationBody,
  DeploymentFileBody,
  DiffBody,
  FlinkOptionsBody,
  ReleaseFileBody,
} from '../../api/deployment-contract.ts';
import type { DistributionList } from '../../api/distributions/contract.ts';
import type { CheckpointsBody, OperationStats, StepsBody, UpgradeList } from '../../api/figures-contract.ts';
import type { JobList } from '../../api/job-list-contract.ts';
import type { ChannelList } from '../../api/notification-contract.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';

export interface Reads {
  '/session': SessionBody;
  '/login/methods': z.infer<typeof LoginMethods>;
  '/healthz': HealthBody;
  '/jobs': JobList;
  '/lost-jobs': z.infer<typeof LostJobList>;
  '/jobs/{job}': JobBody;
  '/jobs/{job}/operations': z.infer<typeof OperationList>;
  '/jobs/{job}/operations/{id}': OperationItem;
  '/jobs/{job}/operations/{id}/steps': StepsBody;
  '/jobs/{job}/upgrades': UpgradeList;
  '/jobs/{job}/checkpoints': CheckpointsBody;
  '/jobs/{job}/restore-points': RestorePointList;
  '/jobs/{job}/deployments': z.infer<typeof DeploymentList>;
  '/jobs/{job}/deployments/{number}': Deployment;
  '/jobs/{job}/deployments/{number}/file': DeploymentFileBody;
  '/jobs/{job}/deployments/{number}/configuration': ConfigurationBody;
  '/jobs/{job}/diff': DiffBody;
  '/jobs/{job}/logs': LogList;
  '/jobs/{job}/exceptions': z.infer<typeof ExceptionsList>;
  '/operations': z.infer<typeof OperationList>;
  '/releases': z.infer<typeof ReleaseList>;
  '/releases/{project}': z.infer<typeof ReleaseList>;
  '/releases/{project}/{version}': ReleaseBody;
  '/releases/{project}/{version}/files/{name}': z.infer<typeof ReleaseFileBody>;
  '/stats/operations': OperationStats;
  '/flink-options': FlinkOptionsBody;
  '/distributions': DistributionList;
  '/clusters': z.infer<typeof ClusterList>;
  '/clusters/{cluster}': ClusterBody;
  '/campaigns': z.infer<typeof CampaignList>;
  '/campaigns/{campaign}': CampaignBody;
  '/doctor': DoctorBody;
  '/notifications': ChannelList;
  '/tokens': z.infer<typeof TokenList>;
  '/audit': z.infer<typeof AuditList>;
}

export type ReadPath = keyof Reads;

/** The names in braces of a path. */
type Names<P extends string> = P extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** The parameters of a path: those that it names must be given, and no other. */
export type Given<P extends string> = { readonly query?: Query } & ([Names<P>] extends [never]
  ? { readonly params?: undefined }
  : { readonly params: Readonly<Record<Names<P>, string>> });

/** A path with its parameters filled in. */
export function pathOf(path: string, params: Readonly<Record<string, string>> = {}, query: Query = {}): string {
  const filled = path.replace(/\{(\w+)\}/g, (_braces, name: string) => encodeURIComponent(params[name] ?? ''));
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    const text = Array.isArray(value) ? value.join(',') : String(value ?? '');
    if (text !== '') search.set(name, text);
  }
  return search.size === 0 ? filled : `${filled}?${search.toString()}`;
}
