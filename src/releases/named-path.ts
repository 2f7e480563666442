/** Reads an argument of `sluice publish`: a path, or `name.ext=path` for a file that the deployment file knows by another name. */
import { basename, extname } from 'node:path';

export interface NamedPath {
  /** Name of the file in the release. */
  readonly name: string;
  readonly path: string;
}

/** Builds put their version into the name of a file, which a deployment file must not repeat. */
export function namedPath(argument: string): NamedPath {
  const [, name, path] = /^([^/\\=]+\.[A-Za-z0-9]+)=(.+)$/.exec(argument) ?? [];
  return name === undefined || path === undefined ? { name: basename(argument), path: argument } : { name, path };
}

export const isJar = ({ name }: NamedPath): boolean => extname(name) === '.jar';

/** Tells whether a file is a deployment file, or the base of one, unless a job names it among its files. */
export const isYaml = ({ name }: NamedPath): boolean => ['.yaml', '.yml'].includes(extname(name));
