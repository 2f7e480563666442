/**
 * Writes the pages that are printed from tables: `node --import tsx docs/generate.ts`. With `--check` the script writes
 * nothing and names each page that is out of date.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { deploymentJsonSchema } from '../src/domain/deployment-file/json-schema.ts';
import { WebhookBody } from '../src/domain/notification/shapes/webhook.ts';
import { bucketPoliciesPage } from './pages/bucket-policies.ts';
import { commandNames, helpOf } from './pages/cli-help.ts';
import { cliPage } from './pages/cli.ts';
import { deploymentFilePage } from './pages/deployment-file.ts';
import { causesPage } from './pages/causes.ts';
import { errorsPage } from './pages/errors.ts';
import { withEvents } from './pages/notifications.ts';
import { withRooms } from './pages/rooms.ts';
import { statesPage } from './pages/states.ts';

const repository = dirname(dirname(fileURLToPath(import.meta.url)));

/** Generates every page. Returns texts by paths in the repository. */
export async function generatedPages(): Promise<ReadonlyMap<string, string>> {
  const help = new Map<string, string>();
  for (const name of await commandNames()) help.set(name, await helpOf([name]));
  return new Map([
    ['docs/states.md', statesPage()],
    ['docs/errors.md', errorsPage()],
    ['docs/causes.md', causesPage()],
    ['docs/bucket-policies.md', bucketPoliciesPage()],
    ['docs/deployment-file.md', deploymentFilePage()],
    ['docs/schemas/deployment.v1.schema.json', `${JSON.stringify(deploymentJsonSchema(), null, 2)}\n`],
    ['docs/cli.md', cliPage(await helpOf([]), help)],
    ['docs/notifications.md', withEvents(read('docs/notifications.md') ?? '')],
    ['docs/schemas/notification.v1.schema.json', `${JSON.stringify(z.toJSONSchema(WebhookBody), null, 2)}\n`],
    ['ARCHITECTURE.md', withRooms(read('ARCHITECTURE.md') ?? '')],
  ]);
}

/** Returns the paths of the pages that differ from the tables. */
export async function stalePages(): Promise<readonly string[]> {
  const pages = await generatedPages();
  return [...pages].filter(([path, text]) => read(path) !== text).map(([path]) => path);
}

function read(path: string): string | null {
  try {
    return readFileSync(join(repository, path), 'utf8');
  } catch {
    return null; // a missing page counts as stale
  }
}

async function main(check: boolean): Promise<number> {
  // The CLI's help fills the width of its terminal. Pages get the fixed width of a pipe.
  process.stdout.isTTY = false;
  const stale = await stalePages();
  if (check) {
    for (const path of stale) process.stderr.write(`${path} is out of date: run node --import tsx docs/generate.ts\n`);
    return stale.length === 0 ? 0 : 1;
  }
  mkdirSync(join(repository, 'docs/schemas'), { recursive: true });
  for (const [path, text] of await generatedPages()) writeFileSync(join(repository, path), text);
  for (const path of stale) process.stdout.write(`${path} written\n`);
  return 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.includes('--check'));
