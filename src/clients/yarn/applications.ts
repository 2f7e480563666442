/** Applications of a cluster: reports, ends, attempts, and the containers that the ResourceManager counts to them. */
import { SluiceError } from '../../domain/errors/errors.ts';
import { type CallOptions, parseReply } from '../http.ts';
import {
  ApplicationReply,
  type ApplicationReport,
  ApplicationsReply,
  AttemptsReply,
  ContainersReply,
} from './replies.ts';
import { isUnknown, type ResourceManager } from './resource-manager.ts';
import type { ApplicationFilter, YarnClient } from './yarn-client.ts';

type Applications = Pick<YarnClient, 'application' | 'applications' | 'kill' | 'attempts' | 'containers'>;

export const createApplications = (manager: ResourceManager): Applications => ({
  application: (id, options) => applicationOf(manager, id, options),

  applications: (filter = {}, options) => applicationsOf(manager, filter, options),

  async kill(id, options) {
    const request = { body: { state: 'KILLED' }, options };
    const { reply } = await manager.askWithMemory('PUT', `${pathOf(id)}/state`, request);
    if (isUnknown(reply)) throw new SluiceError('NotFound', `cluster ${manager.name} knows no application ${id}`);
    if (reply.status !== 200 && reply.status !== 202) throw manager.rejected(`to kill ${id}`, reply);
    return reply.status === 200 ? 'terminal' : 'requested';
  },

  async attempts(id, options) {
    const { call, reply } = await manager.get(`${pathOf(id)}/appattempts`, `the attempts of ${id}`, options);
    return isUnknown(reply) ? [] : parseReply(call, AttemptsReply, reply.body).appAttempts;
  },

  async containers(id, attemptId, options) {
    const path = `${pathOf(id)}/appattempts/${encodeURIComponent(attemptId)}/containers`;
    const { call, reply } = await manager.get(path, `the containers of ${attemptId}`, options);
    return isUnknown(reply) ? [] : parseReply(call, ContainersReply, reply.body).container;
  },
});

export async function applicationOf(
  manager: ResourceManager,
  id: string,
  options?: CallOptions,
): Promise<ApplicationReport | null> {
  const { call, reply } = await manager.get(pathOf(id), `a report of ${id}`, options, WITHOUT_REQUESTS);
  return isUnknown(reply) ? null : parseReply(call, ApplicationReply, reply.body).app;
}

async function applicationsOf(
  manager: ResourceManager,
  { tags, states, names }: ApplicationFilter,
  options?: CallOptions,
): Promise<ApplicationReport[]> {
  // Tags and states narrow the list that YARN sends; old releases ignore unknown filters, so all three are checked here.
  const wanted = tags?.map((tag) => tag.toLowerCase());
  if (wanted?.length === 0 || states?.length === 0 || names?.length === 0) return [];
  const query = {
    ...WITHOUT_REQUESTS,
    ...(wanted === undefined ? {} : { applicationTags: wanted.join(',') }),
    ...(states === undefined ? {} : { states: states.join(',') }),
  };
  await manager.mustRemember(options);
  const { call, reply } = await manager.get('cluster/apps', 'the list of applications', options, query);
  return parseReply(call, ApplicationsReply, reply.body).apps.filter(
    (app) =>
      (wanted === undefined || app.tags.some((tag) => wanted.includes(tag))) &&
      (states === undefined || states.includes(app.state)) &&
      (names === undefined || names.includes(app.name)),
  );
}

/** Leaves the resource requests out of a report: they are its longest part, and nothing here reads them. */
const WITHOUT_REQUESTS = { deSelects: 'resourceRequests' };

const pathOf = (id: string): string => `cluster/apps/${encodeURIComponent(id)}`;
