/** Temporal's clock, as records write times. */
export const now = (): string => new Date().toISOString();
