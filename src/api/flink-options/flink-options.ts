/** The options of Flink by minor version, out of the files that `docs/flink-options/list.ts` makes of Flink's own JARs. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { whyNotInFile } from '../../domain/flink-options/framework-owned.ts';
import { compareMinor } from '../../domain/flink-options/flink-version.ts';
import { FlinkOptionsBody } from '../deployment-contract.ts';

const folder = new URL('./', import.meta.url);
const FILE = /^(\d+\.\d+)\.json$/;

/** Oldest first. */
const versions = readdirSync(fileURLToPath(folder))
  .flatMap((name) => FILE.exec(name)?.[1] ?? [])
  .sort(compareMinor);

const read = new Map<string, FlinkOptionsBody>();
const Listed = FlinkOptionsBody.omit({ versions: true });

/**
 * The options of a version such as 1.20 or 1.20.1; without one, those of the newest. For a version without a file, those
 * of the newest older one, or of the oldest: most options stay from one version to the next.
 */
export function flinkOptionsOf(wanted: string | undefined): FlinkOptionsBody {
  const older = versions.filter((one) => wanted === undefined || compareMinor(one, wanted) <= 0);
  const version = older.at(-1) ?? versions[0];
  if (version === undefined) throw new Error('no options of any Flink are in this installation');
  const known = read.get(version);
  if (known) return known;
  const listed = Listed.parse(JSON.parse(readFileSync(new URL(`${version}.json`, folder), 'utf8')));
  const options = listed.options.map((option) => {
    const notAllowed = whyNotInFile(option.key);
    return notAllowed === null ? option : { ...option, notAllowed };
  });
  const body = { version, versions, options };
  read.set(version, body);
  return body;
}
