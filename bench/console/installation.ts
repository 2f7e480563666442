/** A real API with many jobs and a signed-in browser; Temporal and S3 are fakes in memory. */
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import { makeFirstToken } from '../../src/api/access/first-token.ts';
import { readConsole } from '../../src/api/console/files.ts';
import type { JobMemory } from '../../src/domain/job/job-memory.ts';
import type { JobRow } from '../../src/temporal/jobs/job-gateway.ts';
import { consoleFolder } from '../../stack/console.mjs';
import { FakeGateway } from '../../test/api/fake-gateway.ts';
import { startApp } from '../../test/api/start-app.ts';
import { createFakeS3 } from '../../test/fakes/s3.ts';
import { openBrowser } from '../../test/support/browser.ts';
import { deployment } from '../../test/support/deployment.ts';

/** A name that is not loopback, as people have it. */
const HOST = 'sluice.corp.example';
const teams = ['ads', 'search', 'payments', 'fraud', 'feed', 'maps', 'mail', 'core'];
const environments = ['dev', 'staging', 'prod'];
const pick = <T>(all: readonly T[], number: number): T => all[number % all.length] as T; // within its bounds

export interface Installation {
  /** Opens a browser that is signed in and has cached nothing. */
  readonly open: (options?: BrowserContextOptions) => Promise<BrowserContext>;
  /** Changes the state of a job, as its workflow would. */
  readonly change: (name: string, change: Partial<JobMemory>) => void;
  readonly close: () => Promise<void>;
}

/** Temporal finds what has changed by an index of its own; the fake looks at every job, which would load this process. */
class QuietGateway extends FakeGateway {
  hasChanges = true;

  override async changedJobs(since: number): Promise<readonly JobRow[] | null> {
    if (!this.hasChanges) return [];
    this.hasChanges = false;
    return await super.changedJobs(since);
  }
}

export const nameOf = (number: number): string =>
  `${pick(teams, number)}-job-${String(number).padStart(5, '0')}-${pick(environments, number)}`;

export async function openInstallation(jobs: number): Promise<Installation> {
  const s3 = createFakeS3();
  const gateway = new QuietGateway();
  gateway.visibility.hasDigests = true;
  for (let number = 0; number < jobs; number += 1) gateway.put(nameOf(number), memoryOf(number));
  const app = await startApp({
    gateway,
    hosts: [`${HOST}:PORT`],
    console: readConsole(consoleFolder),
    access: { anonymous: [], policy: {}, tokens: s3 },
  });
  let shown = '';
  await makeFirstToken({ tokens: s3, chosen: undefined, show: (text) => (shown = text) });
  const token = /slc_\S+/.exec(shown)?.[0] ?? '';
  const browser = await openBrowser([HOST]);
  const baseURL = `http://${HOST}:${new URL(app.url).port}`;
  const options = { baseURL, locale: 'en-US', viewport: { width: 1280, height: 800 } };
  const storageState = await signIn(browser, options, token);
  return {
    open: (more = {}) => browser.newContext({ ...options, storageState, ...more }),
    change(name, change) {
      const job = gateway.jobs.get(name);
      if (!job) return;
      job.memory = { ...job.memory, ...change };
      gateway.hasChanges = true;
    },
    async close() {
      await browser.close();
      await app.stop();
    },
  };
}

async function signIn(browser: Browser, options: BrowserContextOptions, token: string) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await page.goto('/jobs');
  await page.getByLabel('Token').fill(token);
  await page.getByRole('button', { name: 'Sign in with the token' }).click();
  await page.getByRole('table', { name: 'Jobs' }).waitFor();
  const state = await context.storageState();
  await context.close();
  return state;
}

function memoryOf(number: number): Partial<JobMemory> {
  const [name, team, environment] = [nameOf(number), pick(teams, number), pick(environments, number)];
  const project = `project-${number % 200}`;
  const hasFailed = number % 97 === 0;
  const at = new Date(Date.now() - (number % 500) * 3_600_000).toISOString();
  return {
    state: hasFailed ? 'failed' : 'running',
    stateSince: at,
    stateReason: hasFailed ? 'the application ended with FAILED' : null,
    health: number % 40 === 0 ? 'degraded' : 'healthy',
    ownership: { project, team, environment },
    current: {
      ...deployment,
      ...{
        job: name,
        environment,
        owner: team,
        release: `${project}/1.${number % 30}.0`,
        cluster: `yarn-${number % 4}`,
      },
      ...{ applicationId: `application_1700000000000_${number}`, startedAt: at, runningAt: at },
      ended: hasFailed ? { at, how: 'failed', savepoint: null } : null,
    },
  };
}
