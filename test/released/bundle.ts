/**
 * Bundles the readers of this release, and writes samples of all that it writes, into `test/released/<version>/`:
 *
 *     node --import tsx test/released/bundle.ts 0.2.0
 *
 * A version that CHANGELOG.md lists is released, and its bundle is never replaced, because a later one would prove nothing.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { isReleased } from './releases.ts';
import { kinds } from './readers.ts';
import { samplesOf } from './samples.ts';

const [version = ''] = process.argv.slice(2);
if (!/^\d+\.\d+\.\d+$/.test(version)) throw new Error('usage: node --import tsx test/released/bundle.ts <version>');

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const changelog = readFileSync(path('../../CHANGELOG.md'), 'utf8');
if (isReleased(changelog, version)) throw new Error(`${version} is released: its readers stay as they are`);

mkdirSync(path(`${version}/`), { recursive: true });
/** Leaves out the languages of zod's messages, which are most of its code. */
const inEnglish: Plugin = {
  name: 'in-english',
  setup(builder) {
    builder.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, () => ({ contents: 'export {}' }));
  },
};

await build({
  entryPoints: [path('readers.ts')],
  outfile: path(`${version}/readers.mjs`),
  bundle: true,
  minify: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  legalComments: 'none',
  plugins: [inEnglish],
  banner: { js: `// The readers of Sluice ${version}, bundled by test/released/bundle.ts. Never change this file.` },
});
const samples = Object.fromEntries(kinds.map((kind) => [kind, samplesOf(kind)]));
writeFileSync(path(`${version}/samples.json`), `${JSON.stringify(samples)}\n`);
