/** A line of a chart. */
import type { Unit } from './axes.ts';

export interface Series {
  readonly title: string;
  readonly unit: Unit;
  /** A value for each time; null where there is none. */
  readonly values: readonly (number | null)[];
}
