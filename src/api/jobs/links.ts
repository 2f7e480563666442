/** Makes links to the pages of a job: Temporal's Web UI, YARN, Flink's Web UI. */
import type { Config } from '../../config.ts';
import { workflowIdOf } from '../../domain/identity/workflow-ids.ts';
import { API_PREFIX, type Links } from '../contract.ts';

/** The part of a deployment that links are made from. */
interface Running {
  readonly cluster: string;
  readonly applicationId: string;
}

export type LinksOf = (job: string, running: Running | null) => Links;

/** Builds links from the configuration; a page that is not configured has no link. */
export function createLinks(config: Pick<Config, 'temporal' | 'clusters'>): LinksOf {
  const { ui, namespace } = config.temporal;
  const managers = new Map(
    config.clusters.map(({ name, resourceManager }) => [name, resourceManager.split(',', 1)[0]?.replace(/\/+$/, '')]),
  );
  return (job, running) => {
    const manager = running === null ? undefined : managers.get(running.cluster);
    const application = manager === undefined || running === null ? null : { manager, id: running.applicationId };
    return {
      self: `${API_PREFIX}/jobs/${job}`,
      temporal:
        ui === null
          ? null
          : `${ui.replace(/\/+$/, '')}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowIdOf(job))}`,
      yarn: application && `${application.manager}/cluster/app/${application.id}`,
      flink: application && `${application.manager}/proxy/${application.id}/`,
    };
  };
}
