/** Finds the JAR that a build left behind, and the class that the JAR starts. */
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

/** Output folders of Maven, Gradle and Bazel. */
const FOLDERS = ['target', 'build/libs', 'bazel-bin', '.'] as const;
/** JARs beside the program: sources, javadoc, tests, and the input of Maven's shade plugin. */
const NO_PROGRAM = /^original-|-(sources|javadoc|tests)\.jar$/;

/** Finds the newest JAR whose manifest names a class to start, else the newest JAR; null when there is none. */
export async function findBuiltJar(folder: string): Promise<BuiltJar | null> {
  const jars = (await Promise.all(FOLDERS.map((name) => jarsIn(join(folder, name))))).flat();
  jars.sort((a, b) => b.modified - a.modified);
  return jars.find(({ mainClass }) => mainClass !== null) ?? jars[0] ?? null;
}

/** Reads the main class of one JAR. */
export async function lookIntoJar(path: string, name: string): Promise<BuiltJar & { readonly modified: number }> {
  const { size, mtimeMs } = await stat(path);
  const mainClass = await jarMainClass(rangesOf(path), size).catch((failure: unknown) => {
    if (failure instanceof SluiceError) return null; // the name ends in .jar, and the file is no JAR
    throw failure;
  });
  return { path, name, mainClass, modified: mtimeMs };
}

async function jarsIn(folder: string): Promise<readonly (BuiltJar & { readonly modified: number })[]> {
  const names = await readdir(folder).catch(() => []); // most builds have only one of the folders
  const jars = names.filter((name) => name.endsWith('.jar') && !NO_PROGRAM.test(name));
  return await Promise.all(jars.map((name) => lookIntoJar(join(folder, name), name)));
}
