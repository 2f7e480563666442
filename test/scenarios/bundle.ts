/** The workflow's code, bundled as the worker bundles it. */
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import { WorkflowSandbox } from './simulation/sandbox.ts';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const silent = (): void => undefined;
const logger = { log: silent, trace: silent, debug: silent, info: silent, warn: silent, error: silent };

const bundled = new Map<string, Promise<string>>();

/** Each file is bundled once. */
function bundle(workflowsPath: string): Promise<string> {
  const payloadConverterPath = path('../../src/temporal/payload-converter.ts');
  const code =
    bundled.get(workflowsPath) ??
    bundleWorkflowCode({ workflowsPath, payloadConverterPath, logger }).then((made) =>
      made.code.replace(/\n\/\/# sourceMappingURL=.*$/s, ''),
    );
  bundled.set(workflowsPath, code);
  return code;
}

/** @param change what is broken on purpose in the bundle's text; nothing by default. */
export async function openSandbox(
  change: (code: string) => string = (code) => code,
  workflowsPath = path('../../src/workflows/index.ts'),
): Promise<WorkflowSandbox> {
  return new WorkflowSandbox(change(await bundle(workflowsPath)));
}
