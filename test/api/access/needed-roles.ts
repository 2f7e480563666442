/** The rights that the routes and operations of the API ask for, for tests to compare with the code. */
import type { OperationKind } from '../../../src/domain/lifecycle.ts';
import type { Role } from '../../../src/domain/access/permissions.ts';

/**
 * The lowest role that each route takes. `public`: everybody; `known`: whoever has any right; `whole`: only a binding
 * without limits, which no role of a team has.
 */
export const neededRoles: Readonly<Record<string, Role | 'public' | 'known' | 'whole'>> = {
  'GET /jobs': 'known',
  'GET /lost-jobs': 'whole',
  'GET /jobs/{job}': 'viewer',
  'POST /jobs/{job}/operations': 'operator', // the body asks for a savepoint
  'GET /jobs/{job}/operations': 'viewer',
  'GET /jobs/{job}/operations/{id}': 'viewer',
  'GET /jobs/{job}/operations/{id}/steps': 'viewer',
  'GET /jobs/{job}/upgrades': 'viewer',
  'GET /jobs/{job}/checkpoints': 'viewer',
  'GET /jobs/{job}/flink/jobs/{flinkJob}/exceptions': 'operator',
  'GET /jobs/{job}/flink/{path}': 'viewer',
  'GET /operations': 'known',
  'GET /stats/operations': 'known',
  'POST /jobs/{job}/plan': 'viewer',
  'POST /jobs/{job}/operations/{id}/cancel': 'operator',
  'GET /jobs/{job}/restore-points': 'viewer',
  'GET /jobs/{job}/deployments': 'viewer',
  'GET /jobs/{job}/deployments/{number}': 'viewer',
  'GET /jobs/{job}/deployments/{number}/file': 'viewer',
  'GET /jobs/{job}/deployments/{number}/configuration': 'viewer',
  'GET /jobs/{job}/diff': 'viewer',
  'GET /jobs/{job}/logs': 'operator',
  'GET /jobs/{job}/logs/{file}': 'operator',
  'GET /jobs/{job}/exceptions': 'operator',
  'GET /jobs/{job}/events': 'viewer',
  'GET /events': 'known',
  'GET /releases': 'known',
  'GET /releases/{project}': 'known',
  'GET /releases/{project}/{version}': 'known',
  'GET /releases/{project}/{version}/files/{name}': 'known',
  'POST /deployment-files/validate': 'known',
  'GET /schemas/deployment.json': 'public',
  'GET /clusters': 'known',
  'GET /clusters/{cluster}': 'known',
  'POST /clusters/{cluster}/cordon': 'whole',
  'POST /clusters/{cluster}/uncordon': 'whole',
  'GET /flink-options': 'known',
  'GET /doctor': 'whole',
  'POST /doctor': 'whole',
  'GET /notifications': 'whole',
  'POST /notifications/test': 'whole',
  'GET /healthz': 'public',
  'GET /metrics': 'known',
  'GET /openapi.json': 'public',
  'POST /tokens': 'whole',
  'GET /tokens': 'whole',
  'DELETE /tokens/{id}': 'whole',
  'GET /session': 'known',
  'GET /audit': 'whole',
  'GET /audit/export': 'whole',
  'GET /login': 'public',
  'GET /login/callback': 'public',
  'GET /login/methods': 'public',
  'POST /login/device': 'public',
  'POST /login/device/token': 'public',
  'POST /login/token': 'public',
  'POST /logout': 'known',
};

/** The lowest role that may ask for an operation of each kind. */
export const neededForKind: Readonly<Record<OperationKind, Role>> = {
  savepoint: 'operator',
  stop: 'operator',
  kill: 'operator',
  restart: 'operator',
  deploy: 'deployer',
  resume: 'deployer',
  rollback: 'deployer',
  hotfix: 'deployer',
  revertHotfix: 'deployer',
  adopt: 'admin',
  recover: 'admin',
  transfer: 'admin',
  failover: 'deployer',
  failback: 'deployer',
};

/** The lowest role that may set a dangerous field of an operation to true. */
export const neededForField: Readonly<Record<string, Role>> = {
  force: 'deployer',
  giveUp: 'admin',
  confirmUnfenced: 'admin',
  discardNewerState: 'admin',
  acceptStateRisk: 'admin',
};
