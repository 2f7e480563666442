/** Maps as YAML and JSON give them. */

/** Tells whether a value is a map as YAML or JSON give it. */
export const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
