/** The workflow's code, bundled as the worker bundles it. */
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));
const silent = (): void => undefined;
const logger = { log: silent, trace: silent, debug: silent, info: silent, warn: silent, error: silent };

export const workflowsOfSluice = path('../../src/workflows/index.ts');

/** @returns the code without its source map, which no sandbox reads and which is most of the text. */
export async function bundleForSandbox(workflowsPath: string): Promise<string> {
  const payloadConverterPath = path('../../src/temporal/payload-converter.ts');
  const { code } = await bundleWorkflowCode({ workflowsPath, payloadConverterPath, logger });
  return code.replace(/\n\/\/# sourceMappingURL=.*$/s, '');
}
