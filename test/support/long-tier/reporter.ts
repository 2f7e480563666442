/** A reporter of vitest that notes each file of the long tier as soon as it has ended. */
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Reporter, TestModule } from 'vitest/node';
import { listingOf, readResults, treeOf, withResult, writeResults, type Result } from './results.ts';

const repository = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

export default class LongTierReporter implements Reporter {
  onTestModuleEnd(module: TestModule): void {
    const commit = process.env['SLUICE_LONG_COMMIT'];
    if (commit === undefined) return;
    const file = module.relativeModuleId;
    const code = { commit, tree: treeOf(listingOf(repository, commit), file) };
    const result = module.state() === 'passed' ? resultOf(module, file, code) : null;
    writeResults(repository, withResult(readResults(repository), file, result));
  }
}

function resultOf(module: TestModule, file: string, code: Pick<Result, 'commit' | 'tree'>): Result {
  const states = [...module.children.allTests()].map((test) => test.result().state);
  const count = (state: string): number => states.filter((other) => other === state).length;
  const minutes = Math.round(module.diagnostic().duration / 6_000) / 10;
  return { file, ...code, passed: count('passed'), skipped: count('skipped'), minutes };
}
