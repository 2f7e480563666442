/**
 * The files of the built console, read once when the API starts: a rebuild meanwhile mixes no old page with new assets, and no
 * path of a request reaches the disk.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

/** From the best to the plain one. */
export const encodings = ['br', 'gzip', 'identity'] as const;
type Encoding = (typeof encodings)[number];

export interface Asset {
  readonly type: string;
  readonly bodies: Readonly<Partial<Record<Encoding, Buffer>>>;
}

export interface ConsoleFiles {
  /** The page, with places for the nonce and the version. */
  readonly page: string;
  /** By their paths, such as `/assets/main-4f2a.js`. */
  readonly assets: ReadonlyMap<string, Asset>;
}

const types: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
};

/** @returns null where the console was not built: the API then answers as without one. */
export function readConsole(folder: string): ConsoleFiles | null {
  const page = join(folder, 'index.html');
  if (!existsSync(page)) return null;
  const names = readdirSync(join(folder, 'assets'));
  const assets = names.flatMap((name): [string, Asset][] => {
    const type = types[extname(name)];
    return type === undefined ? [] : [[`/assets/${name}`, { type, bodies: bodiesOf(folder, name, names) }]];
  });
  return { page: readFileSync(page, 'utf8'), assets: new Map(assets) };
}

function bodiesOf(folder: string, name: string, names: readonly string[]): Asset['bodies'] {
  const read = (file: string): Buffer => readFileSync(join(folder, 'assets', file));
  return {
    ...(names.includes(`${name}.br`) ? { br: read(`${name}.br`) } : {}),
    ...(names.includes(`${name}.gz`) ? { gzip: read(`${name}.gz`) } : {}),
    identity: read(name),
  };
}
