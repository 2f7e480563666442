// Builds the console (src/ui) into dist/console, where the API finds it in a checkout and in the packed package alike. A build
// takes two seconds, and is made only when a source has changed since the last one.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const repository = dirname(dirname(fileURLToPath(import.meta.url)));
const source = join(repository, 'src', 'ui');
const dist = join(repository, 'dist');
export const consoleFolder = join(dist, 'console');
const stampFile = join(dist, 'console.sha256');

/** Everything that a build depends on: the bundle has parts of the domain, and packages by the lock file. */
const INPUTS = ['src/ui', 'src/domain', 'package-lock.json', 'stack/console.mjs'];
const COMPRESSED = ['.js', '.css', '.svg', '.json'];

/** Builds the console unless the one that is there has the same sources. */
export async function ensureConsole() {
  const hash = hashOfInputs();
  if (existsSync(consoleFolder) && existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hash) return;
  // Beside its place, so that a build that is interrupted leaves the old one.
  const folder = join(dist, `console-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    await build(folder);
    compress(join(folder, 'assets'));
    rmSync(consoleFolder, { recursive: true, force: true });
    renameSync(folder, consoleFolder);
    writeFileSync(stampFile, hash);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function build(outDir) {
  const vite = await import('vite');
  // Under a test runner it is `test`, and packages would come as they are for developers.
  const given = process.env.NODE_ENV;
  process.env.NODE_ENV = 'production';
  try {
    await vite.build(settings(outDir));
  } finally {
    if (given === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = given;
  }
}

function settings(outDir) {
  return {
    configFile: false,
    root: source,
    // Warnings are of packages, which have marks for servers.
    logLevel: 'error',
    // Small files stay files: the policy of the page takes nothing inline.
    build: {
      ...{ outDir, emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
      rolldownOptions: {
        input: { main: join(source, 'index.html'), 'flink-bridge': join(source, 'flink-bridge', 'bridge.ts') },
      },
    },
    oxc: { jsx: { runtime: 'automatic' } },
  };
}

/** Writes each asset twice more, so that the API compresses nothing while somebody waits. */
function compress(folder) {
  for (const name of readdirSync(folder)) {
    if (!COMPRESSED.includes(extname(name))) continue;
    const file = join(folder, name);
    const body = readFileSync(file);
    const params = { [constants.BROTLI_PARAM_SIZE_HINT]: body.length };
    writeFileSync(`${file}.br`, brotliCompressSync(body, { params }));
    writeFileSync(`${file}.gz`, gzipSync(body, { level: 9 }));
  }
}

function hashOfInputs() {
  const hash = createHash('sha256');
  for (const input of INPUTS) {
    const path = join(repository, input);
    const files = extname(input) === '' ? filesBelow(path) : [path];
    for (const file of files) hash.update(`${file.slice(repository.length)}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

const filesBelow = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();

if (process.argv[1] === fileURLToPath(import.meta.url)) await ensureConsole();
