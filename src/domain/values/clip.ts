/** Clipping shortens texts for fields with a bounded length. */

/** Shortens a text to `most` characters, the last of which is then an ellipsis. */
export const clip = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`;
