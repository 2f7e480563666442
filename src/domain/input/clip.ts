/** Texts of a bounded length, for places that keep only so much. */

/** The text, or as much of it as fits into `most` characters with an ellipsis at its end. */
export const clip = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 1)}…`;
