/** Times of stories that happen around now. */
const SECOND = 1_000;

export const ago = (seconds: number): string => new Date(Date.now() - seconds * SECOND).toISOString();
export const MINUTE = 60;
export const HOUR = 3_600;
export const DAY = 86_400;
