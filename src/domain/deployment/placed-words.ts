/** Words about where a job runs. The file imports nothing, because the console reads it in a browser. */

/** The clusters to which a job can move, in the order of its file. */
export const choicesFrom = (
  { cluster, backups }: { readonly cluster: string; readonly backups: readonly string[] },
  from: string,
): readonly string[] => [cluster, ...backups].filter((name) => name !== from);

/** Names the move by which a job came to its cluster: `from yarn-a by operation 42`. */
export const movedInWords = ({ from, by }: { readonly from: string; readonly by: string }): string =>
  `from ${from} by operation ${by}`;
