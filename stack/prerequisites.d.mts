export interface Prerequisite {
  readonly name: string;
  readonly wanted: string;
  readonly command: readonly string[];
  readonly pattern: RegExp;
  readonly atLeast: readonly [number, number];
  readonly below?: number;
  readonly howToGet: string;
}
export interface Problem extends Prerequisite {
  readonly found: string | undefined;
}
export const PREREQUISITES: readonly Prerequisite[];
export function findProblems(
  run: (command: readonly string[]) => string | undefined,
  prerequisites?: readonly Prerequisite[],
): Problem[];
export function describeProblems(problems: readonly Problem[]): string;
export function runVersionCommand(command: readonly string[], javaHome?: string): string | undefined;
