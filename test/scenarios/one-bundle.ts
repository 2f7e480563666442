/** Vitest runs this once before the scenarios: one bundle of the workflows serves all of their files. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundleForSandbox, workflowsOfSluice } from './bundle-code.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The file that holds the workflows' code, as the sandbox takes it. */
    workflowCode: string;
  }
}

export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-scenarios-'));
  const file = join(folder, 'workflows.cjs');
  await writeFile(file, await bundleForSandbox(workflowsOfSluice));
  project.provide('workflowCode', file);
  return () => rm(folder, { recursive: true, force: true });
}
