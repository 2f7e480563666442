/** Ids of YARN's containers and applications. */

/** The container that a URL of its logs names, `http://<node>/node/containerlogs/<container>/<user>`; null without one. */
export const containerOfLogs = (url: string | null): string | null =>
  url === null ? null : (/\/(container_[^/]+)\//.exec(url)?.[1] ?? null);

/**
 * The cluster timestamp in an application id: the start of the ResourceManager that gave the id (`ApplicationId`, Hadoop
 * 3.4). A ResourceManager has another one after each restart, also when it recovers its applications.
 */
export const timestampOf = (applicationId: string): number => Number(/^application_(\d+)_/.exec(applicationId)?.[1]);
