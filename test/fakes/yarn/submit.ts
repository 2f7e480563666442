/** Submissions to a fake YARN cluster, read and refused as the ResourceManager does. */
import type { FakeReply } from '../transport.ts';
import type { FakeCluster } from './cluster.ts';
import { badRequest } from './replies.ts';

export async function submit(cluster: FakeCluster, body: unknown, user: string): Promise<FakeReply> {
  const submission = body as Record<string, unknown>;
  const id = String(submission['application-id']);
  if (cluster.rejection !== null) {
    const message = cluster.rejection;
    cluster.rejection = null;
    cluster.refused.push(submission);
    return badRequest(message);
  }
  if (!/^application_\d+_\d+$/.test(id)) return badRequest(`Could not parse application id ${id}`);
  const resource = submission['resource'] as { memory: number; vCores: number };
  if (resource.memory > cluster.maximum.memory) return badRequest('Requested more memory than configured max');
  for (const key of ['app-node-label-expression', 'am-container-node-label-expression']) {
    const label = submission[key];
    if (typeof label === 'string' && !cluster.nodeLabels.includes(label))
      return badRequest(
        'org.apache.hadoop.yarn.exceptions.InvalidLabelResourceRequestException: Invalid resource request, node label not enabled but request contains label expression',
      );
  }
  const tags = tagsOf(submission['application-tags']);
  if (tags.length > 10)
    return badRequest(
      'java.lang.IllegalArgumentException: Too many applicationTags, a maximum of only 10 are allowed!',
    );
  const accepted: FakeReply = {
    status: 202,
    headers: { location: `http://${cluster.address}/ws/v1/cluster/apps/${id}` },
  };
  if (cluster.applications.has(id)) return accepted;
  cluster.submissions.push(id);
  const queue = String(submission['queue']);
  const app = cluster.add({
    id,
    name: String(submission['application-name']),
    user,
    queue,
    type: String(submission['application-type']),
    tags,
    memoryMb: resource.memory,
    submission,
    state: 'NEW',
  });
  cluster.submitted(app);
  if (!cluster.queues.includes(queue.replace(/^root\./, ''))) {
    await cluster.end(app.id, {
      state: 'FAILED',
      diagnostics: `Application ${id} submitted by user ${user} to unknown queue: ${queue}`,
    });
    return accepted;
  }
  await cluster.begin(app);
  return accepted;
}

/** Reads tags as Jersey does: only `{"tag":[…]}` (or one bare string in it) counts; Jersey drops all else silently. */
function tagsOf(value: unknown): string[] {
  const tag = typeof value === 'object' && value !== null && 'tag' in value ? value.tag : [];
  return (Array.isArray(tag) ? tag : [tag]).map((one) => String(one).toLowerCase());
}
