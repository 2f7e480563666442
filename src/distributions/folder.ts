/** Reads a folder that somebody unpacked a Flink distribution into, and refuses any other. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { flinkVersionsOf, LOGGING_PATH } from '../domain/distribution/contents.ts';
import { SluiceError } from '../domain/errors/errors.ts';

/** A file of a distribution, by its path in the bucket's folder. */
export interface DistributionSource {
  readonly path: string;
  readonly file: string;
}

export interface FlinkFolder {
  readonly flinkVersion: string;
  readonly files: readonly DistributionSource[];
}

const S3_PLUGIN = 's3-fs-hadoop';
const OPTIONAL_S3_PLUGIN = /^flink-s3-fs-hadoop-.*\.jar$/;

/**
 * @param plugins folders below `plugins/` to take along; each file of them is fetched by every container.
 * @param logging Flink's `log4j.properties`, where the folder's own is not wanted.
 * @throws SluiceError `InvalidRequest` that names what is missing.
 */
export async function readFlinkFolder(
  folder: string,
  { plugins, logging }: { readonly plugins: readonly string[]; readonly logging?: string | undefined },
): Promise<FlinkFolder> {
  const libraries = await jarsIn(folder, 'lib');
  const versions = flinkVersionsOf(libraries.map(({ path }) => path));
  const [flinkVersion] = versions;
  if (flinkVersion === undefined || versions.length > 1)
    throw refused(folder, `lib/ has ${versions.length} JARs of the name flink-dist-<version>.jar instead of one`);
  const log4j = logging ?? join(folder, LOGGING_PATH);
  if (!(await isFile(log4j)))
    throw refused(folder, `there is no ${log4j}; --log4j <file> names another configuration of logging`);
  const parts = await Promise.all([S3_PLUGIN, ...plugins].map((plugin) => pluginIn(folder, plugin)));
  const config = { path: LOGGING_PATH, file: log4j };
  return { flinkVersion, files: [...libraries, ...parts.flat(), config] };
}

const refused = (folder: string, why: string): SluiceError =>
  new SluiceError('InvalidRequest', `${folder} is no Flink distribution that can be published: ${why}`);

async function jarsIn(folder: string, below: string): Promise<DistributionSource[]> {
  const names = await readdir(join(folder, below)).catch(() => []);
  return names
    .filter((name) => name.endsWith('.jar'))
    .sort()
    .map((name) => ({ path: `${below}/${name}`, file: join(folder, below, name) }));
}

/** A plugin of the folder. Flink's download has the one for S3 in `opt/`, from where people copy it. */
async function pluginIn(folder: string, plugin: string): Promise<DistributionSource[]> {
  const below = `plugins/${plugin}`;
  const jars = await jarsIn(folder, below);
  if (jars.length > 0) return jars;
  const optional = plugin === S3_PLUGIN ? await jarsIn(folder, 'opt') : [];
  const found = optional.filter(({ path }) => OPTIONAL_S3_PLUGIN.test(path.slice('opt/'.length)));
  if (found.length === 0) throw refused(folder, `there is no JAR in ${below}/`);
  return found.map(({ path, file }) => ({ path: `${below}/${path.slice('opt/'.length)}`, file }));
}

const isFile = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
