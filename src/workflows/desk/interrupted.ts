import type { Interruption } from '../../domain/operation/operation.ts';

/** Thrown at a safe point: somebody wants this operation to end before its time. */
export class Interrupted extends Error {
  readonly interruption: Interruption;

  constructor(interruption: Interruption) {
    const { how, actor, reason, by } = interruption;
    super(`${how} by ${by ?? actor}${reason === null ? '' : `: ${reason}`}`);
    this.name = 'Interrupted';
    this.interruption = interruption;
  }
}
