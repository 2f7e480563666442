/** Values of a YAML file are texts, numbers, lists or maps, and people read them on one line. */

/** Writes a text as it is, and all else in JSON, which is YAML. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));
