/** Ids of YARN's containers. */

/** The container that a URL of its logs names, `http://<node>/node/containerlogs/<container>/<user>`; null without one. */
export const containerOfLogs = (url: string | null): string | null =>
  url === null ? null : (/\/(container_[^/]+)\//.exec(url)?.[1] ?? null);
