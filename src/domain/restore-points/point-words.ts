/**
 * States of a restore point in words, and which of them a start can take. The file imports only types, because the console
 * reads it in a browser.
 */
import type { RestorePoint } from './restore-point.ts';

/** Says why a restore point exists. */
export const takenWords: Readonly<Record<RestorePoint['taken'], string>> = {
  stop: 'by a stop',
  manual: 'asked for',
  periodic: 'periodic',
  retained: 'retained',
  given: 'given',
};

interface PointStateEntry {
  /** On a line of a list. */
  readonly word: string;
  readonly meaning: string;
  /** Whether a start can go on from such a point at all. */
  readonly startable: boolean;
}

export const pointStates = {
  verified: { word: 'verified', meaning: 'its `_metadata` is that of a Flink snapshot', startable: true },
  abandoned: { word: 'on a branch that was left', meaning: 'verified, but on a branch that was left', startable: true },
  broken: { word: 'broken', meaning: 'no job can start from it', startable: false },
  inProgress: { word: 'being written', meaning: 'Flink is writing it', startable: false },
  unverified: { word: 'not verified', meaning: 'outside of the bucket of this Sluice', startable: true },
} as const satisfies Record<string, PointStateEntry>;

export type PointState = keyof typeof pointStates;

/** @param points newest first. @returns the newest that led to the deployment and that Flink can read; undefined without one. */
export const newestVerified = <P extends { readonly state: PointState }>(points: readonly P[]): P | undefined =>
  points.find(({ state }) => state === 'verified');
