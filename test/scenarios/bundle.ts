/** Opens the sandbox with the workflows' code. */
import { readFile } from 'node:fs/promises';
import { inject } from 'vitest';
import { bundleForSandbox } from './bundle-code.ts';
import { WorkflowSandbox } from './simulation/sandbox.ts';

let ours: Promise<string> | undefined;

/** The bundle that `one-bundle.ts` made for all files. */
const codeOfSluice = (): Promise<string> => (ours ??= readFile(inject('workflowCode'), 'utf8'));

/** @param change what is broken on purpose in the bundle's text; nothing by default. */
export async function openSandbox(change: (code: string) => string = (code) => code): Promise<WorkflowSandbox> {
  return new WorkflowSandbox(change(await codeOfSluice()));
}

/** A sandbox with workflows of a test's own. */
export const openSandboxOf = async (workflowsPath: string): Promise<WorkflowSandbox> =>
  new WorkflowSandbox(await bundleForSandbox(workflowsPath));
