/**
 * Writes the options of Flink that the API tells (`GET /flink-options`), one file for each minor version, from Flink's own
 * JARs: `node --import tsx docs/flink-options/list.ts .cache/flink-1.20.1 .cache/flink-2.1.0`. Run it for each new minor
 * version, and commit the file.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const lister = fileURLToPath(new URL('ListFlinkOptions.java', import.meta.url));
const target = fileURLToPath(new URL('../../src/api/flink-options/', import.meta.url));
/** JARs whose classes hold options; the others are on the class path only. */
const READ = /^flink-(dist|table-api-java-uber)-(\d+\.\d+)\.\d+\.jar$/;

for (const distribution of process.argv.slice(2)) {
  const lib = join(distribution, 'lib');
  const jars = readdirSync(lib).filter((name) => READ.test(name));
  const [, , minor] = READ.exec(jars[0] ?? '') ?? [];
  if (minor === undefined) throw new Error(`${lib} has no flink-dist JAR`);
  const java = ['-cp', join(lib, '*'), lister, ...jars.map((name) => join(lib, name))];
  const options = execFileSync('java', java, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
    .trim()
    .split('\n');
  const file = join(target, `${minor}.json`);
  writeFileSync(file, `{"version":"${minor}","options":[\n${options.join(',\n')}\n]}\n`);
  process.stdout.write(`${file}: ${options.length} options\n`);
}
