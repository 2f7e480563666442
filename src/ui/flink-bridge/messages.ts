/** Messages between Flink's pages in their frame and the console's page around them. */

/** From the frame, which wants to read a path of Flink's REST API, or says which page it shows. */
export type FromFlink = { readonly read: number; readonly path: string } | { readonly at: string };

/** To the frame: the answer to one of its reads. */
export interface ToFlink {
  readonly read: number;
  readonly status: number;
  readonly text: string;
}
