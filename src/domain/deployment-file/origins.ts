/** For each value of a resolved deployment file, who said it. */
import type { DeploymentFile } from './deployment-file.ts';
import { flattenConfig } from '../flink-options/flink-config.ts';
import { isMap } from '../input/maps.ts';
import { dotted, type Path } from '../input/input-path.ts';

/** `file` is what was asked for, `base` the one that it extends, `default` what nobody wrote. */
export type ValueOrigin = 'file' | 'base' | 'default';

/** What the file and its base say, as they were read. */
export interface WrittenFiles {
  readonly file: unknown;
  readonly base: unknown;
}

/** Dotted path of each value to its origin. Lists are values as a whole, since they replace each other. */
export function originsOf(file: DeploymentFile, written: WrittenFiles): Readonly<Record<string, ValueOrigin>> {
  const origins: Record<string, ValueOrigin> = {};
  const visit = (value: unknown, path: Path, inFile: unknown, inBase: unknown) => {
    if (!isMap(value)) {
      origins[dotted(path)] = inFile !== undefined && inFile !== null ? 'file' : fromBase(inFile, inBase);
      return;
    }
    const isConfig = dotted(path) === 'flink.config';
    const [ofFile, ofBase] = [inFile, inBase].map((one) =>
      isMap(one) ? (isConfig ? flattenConfig(one).config : one) : {},
    );
    for (const [key, child] of Object.entries(value)) visit(child, [...path, key], ofFile?.[key], ofBase?.[key]);
  };
  visit(file, [], written.file, written.base);
  return origins;
}

/** A null in the file removes what the base says. */
const fromBase = (inFile: unknown, inBase: unknown): ValueOrigin =>
  inFile === null || inBase === undefined || inBase === null ? 'default' : 'base';
