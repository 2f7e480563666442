/**
 * Runs share what takes time to make: a run that begins, or that a worker takes up, makes no schema.
 *
 * Seen to fail: each run made the schemas of facts and of the question for a plan.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import { readFile } from 'node:fs/promises';
import vm from 'node:vm';
import { expect, test } from 'vitest';
import { bundleWorkflows } from '../../src/temporal/worker-options.ts';

interface Bundle {
  readonly preloadModules: () => void;
  readonly importWorkflows: () => object;
}

test('every module that makes schemas is loaded before the first run', async () => {
  const { code } = await bundleWorkflows();
  const loaded: string[] = [];
  const cache = new Proxy<Record<string, unknown>>(
    {},
    {
      set(modules, name, value) {
        loaded.push(String(name));
        modules[String(name)] = value;
        return true;
      },
    },
  );
  const context = vm.createContext({
    AsyncLocalStorage,
    AbortController,
    TextEncoder,
    URL,
    __webpack_module_cache__: cache,
  });
  new vm.Script(code).runInContext(context);
  const { preloadModules, importWorkflows } = context['__TEMPORAL__'] as Bundle; // what the bundler of the SDK exports

  preloadModules();
  const shared = loaded.length;
  importWorkflows();

  const ofEachRun = loaded.slice(shared);
  expect(ofEachRun).toContain('./src/workflows/job/flink-job.ts');
  expect(await makersAmong(ofEachRun)).toEqual([]);
});

/** The modules that import Zod. */
async function makersAmong(names: readonly string[]): Promise<readonly string[]> {
  const read = async (name: string) => ({ name, text: name.startsWith('./src/') ? await readFile(name, 'utf8') : '' });
  const texts = await Promise.all(names.map(read));
  return texts
    .filter(({ name, text }) => name.includes('/zod/') || text.includes("from 'zod'"))
    .map(({ name }) => name);
}
