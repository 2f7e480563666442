/** Options of a worker of Temporal's SDK: its workflows, its payload converter, its version. */
import { fileURLToPath } from 'node:url';
import {
  Runtime,
  bundleWorkflowCode,
  type BundleOptions,
  type WorkerOptions,
  type WorkflowBundleWithSourceMap,
} from '@temporalio/worker';
import type { Config } from '../config.ts';

const pathOf = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

type WebpackHook = NonNullable<BundleOptions['webpackConfigHook']>;

export const payloadConverterPath = pathOf('./payload-converter.ts');

/**
 * Modules that all runs share. They and all that they import make schemas, which takes longer than most tasks of a run and
 * holds megabytes, and they keep no state of any run.
 */
const preloadModules = [
  'campaign/view.ts',
  'campaign/memory.ts',
  'campaign/plan.ts',
  'job/belonging.ts',
  'job/carried/carried-memory.ts',
  'job/list/digest.ts',
  'job/carried/facts-of-state.ts',
  'job/read-request.ts',
  'operation/signature.ts',
  'plan/plan-question.ts',
  'turns/carried.ts',
  'turns/messages.ts',
  'watch/facts.ts',
].map((name) => pathOf(`../domain/${name}`));

/**
 * The SDK freezes all that a shared module exports, but passes by what is frozen already. Schemas of Zod make their methods
 * when they are first used, so only the list of exports of each module of the domain is frozen.
 */
const keepUnfrozen: WebpackHook = (config) => ({
  ...config,
  plugins: [
    ...(config.plugins ?? []),
    ({ webpack, hooks }) => {
      hooks.compilation.tap('keep-unfrozen', (compilation) => {
        const rendering = webpack.javascript.JavascriptModulesPlugin.getCompilationHooks(compilation);
        rendering.renderModuleContent.tap('keep-unfrozen', (source, module) =>
          /\/src\/domain\/.*\.ts$/.test(module.identifier())
            ? new webpack.sources.ConcatSource(source, '\nObject.freeze(__webpack_exports__);\n')
            : source,
        );
      });
    },
  ],
});

export const bundleWorkflows = (): Promise<WorkflowBundleWithSourceMap> =>
  bundleWorkflowCode({
    workflowsPath: pathOf('../workflows/index.ts'),
    payloadConverterPath,
    preloadModules,
    webpackConfigHook: keepUnfrozen,
    logger: Runtime.instance().logger,
  });

/**
 * Pins each run to the build that began it. The worker as a whole says so, because a workflow that says so itself fails
 * every task on a worker without versions.
 */
export const versionOf = ({
  deployment,
  buildId,
}: Pick<Config['temporal'], 'deployment' | 'buildId'>): Pick<WorkerOptions, 'workerDeploymentOptions'> =>
  buildId === null
    ? {}
    : {
        workerDeploymentOptions: {
          version: { deploymentName: deployment, buildId },
          useWorkerVersioning: true,
          defaultVersioningBehavior: 'PINNED',
        },
      };
