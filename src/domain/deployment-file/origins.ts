/** Origins: for each value of a resolved deployment file, the place that it comes from. */
import type { DeploymentFile } from './deployment-file.ts';
import { flattenConfig } from '../flink-options/flink-config.ts';
import { isMap } from '../values/is-map.ts';
import { dotted, type Path } from '../input/input-path.ts';

/** `file` is the deployment file itself, `base` the file that it extends, `default` a value that neither has. */
export type ValueOrigin = 'file' | 'base' | 'default';

/** The values of the file and of its base as they were read. */
export interface WrittenFiles {
  readonly file: unknown;
  readonly base: unknown;
}

/** Maps the dotted path of each value to its origin. A list counts as one value, because lists replace each other. */
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

/** A null in the file removes the value of the base. */
const fromBase = (inFile: unknown, inBase: unknown): ValueOrigin =>
  inFile === null || inBase === undefined || inBase === null ? 'default' : 'base';
