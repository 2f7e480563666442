/** Submissions to a cluster: an id is reserved first, and an application is started under it. */
import { SluiceError } from '../../domain/errors/errors.ts';
import { type CallOptions, DEFAULT_DEADLINE_MS, parseReply } from '../http.ts';
import { applicationOf } from './applications.ts';
import { NewApplicationReply } from './replies.ts';
import type { ResourceManager } from './resource-manager.ts';
import { renderSubmission } from './submission.ts';
import type { YarnClient } from './yarn-client.ts';

export const createSubmissions = (manager: ResourceManager): Pick<YarnClient, 'newApplication' | 'submit'> => ({
  async newApplication(options) {
    const { call, reply } = await manager.ask('POST', 'cluster/apps/new-application', { options });
    if (reply.status !== 200) throw manager.rejected('a new application id', reply);
    return parseReply(call, NewApplicationReply, reply.body);
  },

  async submit(context, options) {
    // A ResourceManager that takes an application before it has read its memory finds it there a second time, and dies
    // (3.4.3).
    const endsAt = Date.now() + (options?.deadlineMs ?? DEFAULT_DEADLINE_MS);
    await manager.mustRemember(options);
    // Both requests share one deadline, because fencing a start off relies on the end of its submission.
    const left = { ...options, deadlineMs: Math.max(1, endsAt - Date.now()) };
    const { reply } = await manager.ask('POST', 'cluster/apps', { body: renderSubmission(context), options: left });
    if (reply.status === 202) return;
    // YARN refuses one of two simultaneous submissions as a duplicate (RMAppManager, seen on 3.4.3): it succeeded.
    if (reply.status === 400 && (await isKnown(manager, context.applicationId, options))) return;
    throw manager.rejected(`application ${context.applicationId} (${context.name})`, reply);
  },
});

async function isKnown(manager: ResourceManager, id: string, options?: CallOptions): Promise<boolean> {
  try {
    return (await applicationOf(manager, id, options)) !== null;
  } catch (failure) {
    if (failure instanceof SluiceError && failure.code === 'ClusterRejected') return false;
    throw failure;
  }
}
