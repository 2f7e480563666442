/** Compares the files that deployment files name with those that are there. */
import type { DeploymentFile } from '../domain/deployment-file/deployment-file.ts';
import { MOST_FURTHER_BYTES } from '../domain/deployment-file/further-files.ts';
import { dotted, type Path } from '../domain/input/input-path.ts';
import { isCode } from '../domain/errors/errors.ts';
import { jarHasClass, refuseNoJar, type ReadRange } from './jar.ts';

/** A JAR or a file that will be in the release. */
export interface FileToName {
  readonly kind: 'jar' | 'file';
  readonly size: number;
  readonly read: ReadRange;
}

export type FilesByName = ReadonlyMap<string, FileToName>;

interface NamingProblem {
  readonly path: Path;
  readonly message: string;
}

/** Every named file is there, each JAR can be read, and the class that Flink is told to run is in the job's JAR. */
export async function problemsWithNames(
  { job }: DeploymentFile,
  files: FilesByName,
): Promise<readonly NamingProblem[]> {
  const problems = [
    await problemWithJar(['job', 'jar'], job.jar, files, job.entryClass),
    ...(await Promise.all(job.jars.map((name, index) => problemWithJar(['job', 'jars', index], name, files, null)))),
    ...job.files.map((name, index) =>
      files.get(name)?.kind === 'file' ? null : missing(['job', 'files', index], name, files),
    ),
    problemWithSize(job, files),
  ];
  return problems.filter((problem) => problem !== null);
}

async function problemWithJar(
  path: Path,
  name: string,
  files: FilesByName,
  entryClass: string | null,
): Promise<NamingProblem | null> {
  const jar = files.get(name);
  if (jar?.kind !== 'jar') return missing(path, name, files);
  try {
    if (entryClass === null) await refuseNoJar(jar.read, jar.size);
    else if (!(await jarHasClass(jar.read, jar.size, entryClass)))
      return { path: ['job', 'entryClass'], message: `job.entryClass: ${name} has no class ${entryClass}` };
    return null;
  } catch (failure) {
    if (!isCode(failure, 'JarMismatch')) throw failure;
    return { path, message: `${dotted(path)}: ${name}: ${failure.message}` };
  }
}

function missing(path: Path, name: string, files: FilesByName): NamingProblem {
  const isFile = path[1] === 'files';
  const there = [...files].flatMap(([other, { kind }]) => ((kind === 'file') === isFile ? [other] : []));
  const which = `its ${isFile ? 'files' : 'JARs'}: ${there.join(', ') || 'none'}`;
  return { path, message: `${dotted(path)}: ${name} is not among the files of the release; ${which}` };
}

function problemWithSize({ jars, files: named }: DeploymentFile['job'], files: FilesByName): NamingProblem | null {
  const bytes = [...jars, ...named].reduce((sum, name) => sum + (files.get(name)?.size ?? 0), 0);
  if (bytes <= MOST_FURTHER_BYTES) return null;
  const message = `job: its further JARs and files have ${bytes} bytes together; at most ${MOST_FURTHER_BYTES} (2 GiB) go to each node`;
  return { path: ['job'], message };
}

/** Files that no deployment file of the release names, each with the fields that could. */
export function namedByNoJob(
  given: ReadonlyMap<string, Pick<FileToName, 'kind'>>,
  jobs: readonly DeploymentFile['job'][],
): readonly { readonly name: string; readonly message: string }[] {
  const named = new Set(jobs.flatMap(({ jar, jars, files }) => [jar, ...jars, ...files]));
  return [...given].flatMap(([name, { kind }]) =>
    named.has(name)
      ? []
      : [
          {
            name,
            message: `no deployment file of the release names it in ${kind === 'jar' ? 'job.jar or job.jars' : 'job.files'}`,
          },
        ],
  );
}
