/** Reads an argument of `sluice publish`: a path, or `name.jar=path` for a JAR that the deployment file knows by another name. */
import { basename, extname } from 'node:path';

export interface NamedPath {
  /** Name of the file in the release. */
  readonly name: string;
  readonly path: string;
}

/** Builds put their version into a JAR's name, which a deployment file must not repeat. */
export function namedPath(argument: string): NamedPath {
  const [, name, path] = /^([^/\\=]+\.jar)=(.+)$/.exec(argument) ?? [];
  return name === undefined || path === undefined ? { name: basename(argument), path: argument } : { name, path };
}

export const isJar = ({ name }: NamedPath): boolean => extname(name) === '.jar';
