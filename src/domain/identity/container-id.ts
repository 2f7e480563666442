/** Ids of YARN's containers and applications. */

/** The container that a URL of its logs names, `http://<node>/node/containerlogs/<container>/<user>`; null without one. */
export const containerOfLogs = (url: string | null): string | null =>
  url === null ? null : (/\/(container_[^/]+)\//.exec(url)?.[1] ?? null);

/** The application of a container, `container[_e<epoch>]_<timestamp>_<number>_<attempt>_<container>`; undefined for another text. */
export function applicationOf(container: string): string | undefined {
  const [, timestamp, number] = /^container_(?:e\d+_)?(\d+)_(\d+)_\d+_\d+$/.exec(container) ?? [];
  return timestamp === undefined || number === undefined ? undefined : `application_${timestamp}_${number}`;
}

/** Tells whether a container is that of an application master: YARN gives it the first number of its attempt. */
export const isMaster = (container: string): boolean => /_0*1$/.test(container);

/**
 * The cluster timestamp in an application id: the start of the ResourceManager that gave the id (`ApplicationId`, Hadoop
 * 3.4). A ResourceManager has another one after each restart, also when it recovers its applications.
 */
export const timestampOf = (applicationId: string): number => Number(/^application_(\d+)_/.exec(applicationId)?.[1]);
