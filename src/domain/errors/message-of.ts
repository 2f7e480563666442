/** The text of whatever was thrown: JavaScript lets code throw values that are no errors. */

/** The message of an error, or the value itself as text. */
export const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));
