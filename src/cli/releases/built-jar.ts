/** The JAR that a build left behind, and the class that it starts. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { jarMainClass } from '../../releases/jar.ts';
import { rangesOf } from '../../releases/local-file.ts';
import { SluiceError } from '../../domain/errors/errors.ts';

export interface BuiltJar {
  readonly path: string;
  readonly name: string;
  readonly mainClass: string | null;
}

/** Where Maven, Gradle and Bazel put what they build. */
const FOLDERS = ['target', 'build/libs', 'bazel-bin', '.'] as const;
/** What they put beside the program: sources, tests, and what Maven's shade plugin started from. */
const NO_PROGRAM = /^original-|-(sources|javadoc|tests)\.jar$/;

/** The newest JAR whose manifest names a class to start, else the newest; null when there is none. */
export async function findBuiltJar(folder: string): Promise<BuiltJar | null> {
  const found = (await Promise.all(FOLDERS.map((name) => jarsIn(join(folder, name))))).flat();
  found.sort((a, b) => b.modified - a.modified);
  return found.find(({ mainClass }) => mainClass !== null) ?? found[0] ?? null;
}

/** Looks into one JAR. */
export async function lookIntoJar(path: string, name: string): Promise<BuiltJar & { readonly modified: number }> {
  const { size, mtimeMs } = await stat(path);
  const mainClass = await jarMainClass(rangesOf(path), size).catch((failure: unknown) => {
    if (failure instanceof SluiceError) return null; // a file that is called a JAR and is none
    throw failure;
  });
  return { path, name, mainClass, modified: mtimeMs };
}

async function jarsIn(folder: string): Promise<readonly (BuiltJar & { readonly modified: number })[]> {
  const names = await readdir(folder).catch(() => []); // most builds have one of the folders
  const jars = names.filter((name) => name.endsWith('.jar') && !NO_PROGRAM.test(name));
  return await Promise.all(jars.map((name) => lookIntoJar(join(folder, name), name)));
}
