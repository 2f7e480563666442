/**
 * Opens Chromium, for tests of what a page in a browser can do. On Linux x86-64 `npm ci` brings the browser along
 * (`@sparticuz/chromium`); elsewhere it must be installed. A test without a browser fails.
 */
import { accessSync, constants, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium as playwright, type Browser, type Page } from 'playwright-core';
import { runCommand } from '../../stack/cache/command.ts';
import { ensureEntry } from '../../stack/cache/entry.ts';
import { readSettings } from '../../stack/settings.ts';
import { repository } from '../docs/markdown.ts';

/** The version that package.json pins, because 147.0.1 needs Node 22. */
const ENTRY = 'chromium-147.0.0';

/** Unpacks the browser into TMPDIR; with AWS_LAMBDA_JS_RUNTIME also the shared libraries, which a small image lacks. */
const UNPACK = `import chromium from '@sparticuz/chromium'; await chromium.executablePath();`;

/** Finds the fonts of the package beside this file, where the package's own names /tmp. Text without a font has no size. */
const FONTS = `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts</dir><cachedir prefix="xdg">fontconfig</cachedir></fontconfig>
`;

/** Names under which distributions and macOS install Chromium. */
const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];
const ON_MACOS = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

type FontsOf = (environment: Readonly<Record<string, string>>) => Readonly<Record<string, string>>;

interface Program {
  readonly path: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Opens a browser; `names` are host names that it takes for 127.0.0.1. `fonts` is a configuration of other fonts than the package's. */
export async function openBrowser(names: readonly string[] = [], fonts?: FontsOf): Promise<Browser> {
  const { path, environment: own } = hasPackage() ? await unpacked() : installed();
  const environment = fonts ? { ...own, ...fonts(own) } : own;
  const rules = names.map((name) => `MAP ${name} 127.0.0.1`).join(', ');
  return await playwright.launch({
    executablePath: path,
    env: { ...(process.env as Record<string, string>), ...environment }, // absent variables are not listed
    // Chromium's sandbox needs rights that containers seldom have; the pages are those of the test.
    args: ['--no-sandbox', ...(rules === '' ? [] : [`--host-resolver-rules=${rules}`])],
  });
}

/** Signs in to the console at that page. */
export async function signIn(page: Page, path: string, token: string): Promise<void> {
  await page.goto(path);
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in with the token' }).click();
  await page.getByRole('navigation', { name: 'Pages' }).waitFor();
}

/** Chromium also speaks of headers that count for https alone, and of answers that are no success. */
const NO_FAULT = /Failed to load resource|Cross-Origin-Opener-Policy|Origin-Agent-Cluster/;

/** Collects the complaints of a page: scripts that threw, the policy, Trusted Types, requests to elsewhere than `url`. */
export function faultsOf(page: Page, url: string): readonly string[] {
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type()) && !NO_FAULT.test(message.text())) faults.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(`${url}/`)) faults.push(`asks ${request.url()}`);
  });
  return faults;
}

const hasPackage = (): boolean => process.platform === 'linux' && process.arch === 'x64';

/** Unpacks the package's browser once, into the cache, because the package itself would use a fixed name in /tmp. */
async function unpacked(): Promise<Program> {
  const { cacheDirectory } = readSettings();
  mkdirSync(join(cacheDirectory, 'tmp'), { recursive: true });
  const folder = await ensureEntry(cacheDirectory, ENTRY, async (directory) => {
    await runCommand(process.execPath, ['--input-type=module', '--eval', UNPACK], {
      directory: repository,
      environment: {
        ...(process.env as Record<string, string>),
        TMPDIR: directory,
        AWS_LAMBDA_JS_RUNTIME: 'nodejs20.x',
      },
    });
    writeFileSync(join(directory, 'fonts', 'fonts.conf'), FONTS);
  });
  return {
    path: join(folder, 'chromium'),
    environment: { LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'), FONTCONFIG_PATH: join(folder, 'fonts') },
  };
}

function installed(): Program {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const candidates = [...PROGRAMS.flatMap((name) => folders.map((folder) => join(folder, name))), ...ON_MACOS];
  const path = candidates.find(isExecutable);
  if (path !== undefined) return { path, environment: {} };
  throw new Error(
    'This test needs Chromium, which npm brings along on Linux x86-64 only. Debian, Ubuntu: apt-get install chromium · macOS: brew install --cask chromium',
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
