/** The things that a phase of the bench works with. */
import type { Installation } from '../installation.ts';
import type { Landscape } from '../landscape.ts';
import type { Operations } from '../sluice.ts';

export interface Bench {
  readonly installation: Installation;
  readonly landscape: Landscape;
  readonly operations: Operations;
  /** How long the phases of load last. */
  readonly minutes: number;
  readonly signal: AbortSignal;
}
