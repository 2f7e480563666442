/**
 * Vitest runs this once before the workflow tests: one Temporal server and one bundle of the workflows serve all of their
 * files. Each file gets a namespace of its own, because there is one watch of a cluster and one of a bucket in each.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { ConnectionPlugin } from '@temporalio/client';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { TestProject } from 'vitest/node';
import { prepareCache } from '../../stack/cache/cached-tools.ts';
import { TEMPORAL_TUNING } from '../../stack/components/temporal.ts';
import { interceptors } from '../../src/temporal/connection/interceptors.ts';
import { addSearchAttributes } from '../../src/temporal/search-attributes.ts';
import { bundleWorkflows } from '../../src/temporal/worker-options.ts';

export interface SharedServer {
  readonly address: string;
  /** The file that holds the bundled workflows. */
  readonly codePath: string;
}

declare module 'vitest' {
  export interface ProvidedContext {
    sharedServer: SharedServer;
  }
}

/** The namespace of a test file. */
export const namespaceOf = (testPath: string): string => basename(testPath, '.test.ts');

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const folder = await mkdtemp(join(tmpdir(), 'sluice-workflows-'));
  const codePath = join(folder, 'workflows.cjs');
  const { testFiles } = await project.globTestFiles();
  const namespaces = testFiles.map(namespaceOf);
  if (new Set(namespaces).size < namespaces.length) throw new Error(`two of ${namespaces.join(', ')} have one name`);
  const { temporalCli } = await prepareCache();
  const [server, { code }] = await Promise.all([startLocal(temporalCli, namespaces), bundleWorkflows()]);
  // The namespaces get their attributes one after the other, because the server refuses changes that meet
  // and reports each refusal.
  for (const namespace of namespaces) await addSearchAttributes(server.connection, namespace);
  await writeFile(codePath, code);
  project.provide('sharedServer', { address: server.address, codePath });
  return async () => {
    await server.teardown();
    await rm(folder, { recursive: true, force: true });
  };
}

/** Starts Temporal's server in memory, tuned as that of the local stack, with the namespaces. */
export function startLocal(temporalCli: string, namespaces: readonly string[] = []): Promise<TestWorkflowEnvironment> {
  const extraArgs = [...TEMPORAL_TUNING, ...namespaces.flatMap((namespace) => ['--namespace', namespace])];
  return TestWorkflowEnvironment.createLocal({
    server: { executable: { type: 'existing-path', path: temporalCli }, extraArgs },
    plugins: [asOurs],
  });
}

/**
 * Gives a test environment calls like those of the API: the files of a process share it, and a call of one file that was to be
 * tried again after the file had closed its connection failed the whole run.
 */
export const asOurs: ConnectionPlugin = {
  name: 'calls as those of the API',
  configureConnection: (options) => ({ ...options, interceptors }),
};
