/**
 * Flink's own pages in the console: the real ones of Flink 1.20.1 work through the bridge, and pages that are bad reach nothing.
 *
 * Seen to fail: with a policy without `sandbox`; with reads passed on wherever they lead.
 */
import { openSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, FrameLocator } from 'playwright-core';
import { describe, expect, test } from 'vitest';
import { FlinkPages } from '../../../src/api/flink-pages/flink-pages.ts';
import type { S3Client } from '../../../src/clients/s3/s3.ts';
import { createFlinkClient } from '../../../src/clients/flink/flink.ts';
import { createYarnClient } from '../../../src/clients/yarn/yarn.ts';
import { readSettings } from '../../../stack/settings.ts';
import { createFakeFlink } from '../../fakes/flink.ts';
import { createFakeS3 } from '../../fakes/s3.ts';
import { createFakeYarn } from '../../fakes/yarn.ts';
import { deployment } from '../../support/deployment.ts';
import { zipOf } from '../../world/jar.ts';
import { useWorld } from './use-world.ts';
import { expectAccessible, openWorld, type World } from './world.ts';

const JOB = 'clicks-dev';
const PREFIX = 'dist/flink';
const KEY = `${PREFIX}/lib/flink-dist-1.20.1.jar`;

/** A world with a job that runs, and Flink's pages from `s3`. */
async function openWith(browser: Browser, s3: Pick<S3Client, 'list' | 'getBytes'>): Promise<World> {
  const [flink, yarn] = [await createFakeFlink(), await createFakeYarn()];
  flink.addJob({ id: deployment.flinkJobId, name: 'clicks' });
  yarn.addApplication({ id: deployment.applicationId, flink });
  const client = createYarnClient({ name: 'yarn-a', resourceManager: yarn.url, user: 'sluice' });
  const instances = { flink: createFlinkClient(), yarn: new Map([['yarn-a', client]]) };
  const world = await openWorld(browser, {}, { instances, flinkPages: new FlinkPages(s3, { '1.20.1': PREFIX }) });
  const ownership = { project: 'clicks', team: 'ads', environment: 'dev' };
  world.gateway.put(JOB, { state: 'running', current: deployment, ownership });
  return {
    ...world,
    close: async (): Promise<void> => {
      await world.close();
      await Promise.all([flink.close(), yarn.close()]);
    },
  };
}

const frameIn = ({ page }: World): FrameLocator => page.frameLocator('iframe');

/** The JAR of the stack, as a bucket has it. */
function publishedJar(): Pick<S3Client, 'list' | 'getBytes'> {
  const jar = join(readSettings().cacheDirectory, 'flink-1.20.1/lib/flink-dist-1.20.1.jar');
  const [file, { size }] = [openSync(jar, 'r'), statSync(jar)];
  return {
    async *list() {
      yield await Promise.resolve({ kind: 'object', key: KEY, size, etag: '"1"', lastModified: 0 });
    },
    getBytes(_key, { offset, length } = { offset: 0, length: size }) {
      const bytes = Buffer.alloc(length);
      return Promise.resolve(bytes.subarray(0, readSync(file, bytes, 0, length, offset)));
    },
  };
}

describe('Flink’s own pages', () => {
  const world = useWorld((browser) => openWith(browser, publishedJar()));

  test('show the job, keep their place in the address, and have no button that changes something', async () => {
    const { page } = world;
    await world.signIn(`/jobs/${JOB}/flink`);
    const frame = frameIn(world);
    await frame.getByText('Running Job List').waitFor();
    await frame.getByRole('cell', { name: 'clicks' }).first().waitFor();
    expect(await frame.getByText('Submit New Job').count()).toBe(0);
    await frame.getByText('Running Jobs').first().click();
    await page.waitForURL(`**/jobs/${JOB}/flink#/job/running`);
    await page.reload();
    await frame.getByText('Running Jobs').first().waitFor();
    expect(page.url()).toContain('#/job/running');
    // A stop ends the pages, and says so.
    world.gateway.put(JOB, { state: 'stopped', ownership: { project: 'clicks', team: 'ads', environment: 'dev' } });
    await page.getByText(`Nothing of ${JOB} runs`).waitFor();
    await expectAccessible(page);
  });
});

/** Each line of the answer is one attempt of a bad script in a frame of the console, and what came of it. */
const attempts = `
const tried = {
  cookie: () => document.cookie,
  storage: () => localStorage.length,
  parent: () => parent.document.body.innerHTML,
  fetch: () => fetch('/api/v1/tokens').then((answer) => answer.text()),
  beacon: () => new Promise((done, fail) => { const image = new Image(); image.onload = done; image.onerror = () => fail('no'); image.src = 'http://evil.example/x.png'; }),
  tokens: () => ask('../../../tokens'),
  session: () => ask('/api/v1/session'),
  operations: () => ask('../operations'),
  kill: () => ask('jobs/${deployment.flinkJobId}/yarn-cancel'),
  top: () => { top.location = 'http://evil.example/'; return 'left'; },
  popup: () => { if (!open('/api/v1/tokens')) throw new Error('no'); },
  overview: () => ask('./overview'),
};
const ask = (path) => new Promise((done, fail) => {
  const request = new XMLHttpRequest();
  request.open('GET', path);
  request.addEventListener('load', () => (request.status === 200 ? done(request.responseText) : fail(request.status)));
  request.send();
});
const list = document.getElementById('list');
for (const [name, attempt] of Object.entries(tried)) {
  const line = document.createElement('li');
  try { line.textContent = name + ': got ' + await attempt(); } catch (failure) { line.textContent = name + ': refused'; }
  list.append(line);
}
document.body.append('done');
`;

/** A distribution whose page tries all that. */
async function badJar(): Promise<S3Client> {
  const s3 = createFakeS3();
  const index =
    '<!DOCTYPE html><html><head></head><body><ul id="list"></ul><script src="bad.js" type="module"></script></body></html>';
  await s3.put(KEY, zipOf({ 'web/index.html': index, 'web/bad.js': attempts }));
  return s3;
}

describe('a page that is bad', () => {
  // The browser reports each attempt that it refuses.
  const world = useWorld(async (browser) => ({ ...(await openWith(browser, await badJar())), faults: [] }));

  test('sees nothing of the console, and reads nothing but its job', async () => {
    const { page } = world;
    await world.signIn(`/jobs/${JOB}/flink`);
    await frameIn(world).getByText('done').waitFor();
    const lines = await frameIn(world).getByRole('listitem').allTextContents();
    const refused = [
      'cookie',
      'storage',
      'parent',
      'fetch',
      'beacon',
      'tokens',
      'session',
      'operations',
      'kill',
      'top',
    ];
    expect(lines.slice(0, -1)).toEqual([...refused, 'popup'].map((name) => `${name}: refused`));
    expect(lines.at(-1)).toContain('overview: got {"taskmanagers"');
    expect(new URL(page.url()).pathname).toBe(`/jobs/${JOB}/flink`);
    // Opened alone, the page has no origin either.
    await page.goto('/flink/1.20.1/');
    await page.getByText('cookie: refused', { exact: true }).waitFor();
    await page.getByText('fetch: refused', { exact: true }).waitFor();
  });
});
