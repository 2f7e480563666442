/** The time zones that a person can choose; `local` is that of the browser. */
export const zones = ['local', 'utc'] as const;
export type Zone = (typeof zones)[number];
export const zoneWords: Readonly<Record<Zone, string>> = { local: 'Local time', utc: 'UTC' };
