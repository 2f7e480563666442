import type { Interruption } from '../../domain/operation/operation.ts';

/** Ends an operation at a safe point, because somebody wants it to end early. */
export class Interrupted extends Error {
  readonly interruption: Interruption;

  constructor(interruption: Interruption) {
    const { how, actor, reason, by } = interruption;
    super(`${how} by ${by ?? actor}${reason === null ? '' : `: ${reason}`}`);
    this.name = 'Interrupted';
    this.interruption = interruption;
  }
}
