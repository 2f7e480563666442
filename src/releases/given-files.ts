/** The arguments of a publish by what they are: JARs, deployment files with their bases, and other files. */
import { dirname, join } from 'node:path';
import { extendsOf } from '../domain/deployment-file/extends.ts';
import { filesNamedIn } from '../domain/deployment-file/further-files.ts';
import { isCode, type SluiceError } from '../domain/errors/errors.ts';
import { readDeploymentText } from './local-file.ts';
import { isJar, isYaml, namedPath, type NamedPath } from './named-path.ts';

/** A deployment file, or the base of one, with its text. */
export interface GivenText extends NamedPath {
  readonly text: string;
}

export interface GivenFiles {
  readonly jars: readonly NamedPath[];
  readonly texts: readonly GivenText[];
  readonly others: readonly NamedPath[];
}

/**
 * Sorts the arguments. A YAML file that a deployment file names in `job.files` is a file like any other, and of any size.
 * @throws SluiceError `InvalidDeploymentFile` when a deployment file is too large; `InvalidRequest` when it cannot be read.
 */
export async function sortGiven(given: readonly string[]): Promise<GivenFiles> {
  const named = given.map(namedPath);
  const read = await Promise.all(
    named
      .filter(isYaml)
      .map(async (file) => ({ file, text: await readDeploymentText(file.path).catch(unlessTooLarge) })),
  );
  const texts = read.flatMap(({ file, text }) => (typeof text === 'string' ? [{ ...file, text }] : []));
  const bases = await Promise.all(texts.map((file) => baseBeside(file, texts)));
  const names = new Set([...texts.map(({ text }) => text), ...bases].flatMap(filesNamedIn));
  for (const { file, text } of read) if (typeof text !== 'string' && !names.has(file.name)) throw text;
  return {
    jars: named.filter(isJar),
    texts: texts.filter(({ name }) => !names.has(name)),
    others: named.filter((file) => !isJar(file) && (!isYaml(file) || names.has(file.name))),
  };
}

/** A large YAML file may be one that a job reads. */
function unlessTooLarge(failure: unknown): SluiceError {
  if (isCode(failure, 'InvalidDeploymentFile')) return failure;
  throw failure;
}

/** The text of the base of a file that extends one which is not given; empty for every other file. */
async function baseBeside(file: GivenText, given: readonly GivenText[]): Promise<string> {
  const base = extendsOf(file.text);
  return base === null ? '' : ((await findBase(file, base, given).catch(() => null)) ?? ''); // told when it is resolved
}

/** A base is a plain name: one level, and never a way out of the folder. */
export async function findBase({ path }: NamedPath, base: string, given: readonly GivenText[]): Promise<string | null> {
  const other = given.find(({ name }) => name === base);
  if (other) return other.text;
  try {
    return await readDeploymentText(join(dirname(path), base));
  } catch (failure) {
    if (isCode(failure, 'InvalidDeploymentFile')) throw failure;
    return null;
  }
}
