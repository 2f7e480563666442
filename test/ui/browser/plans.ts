/** Parts of plans as the workflow makes them, for pages that show some. */
import type { Plan } from '../../../src/api/contract.ts';
import { passed, refused, type CheckResult } from '../../../src/domain/plan/preflight.ts';
import { phasesOf } from '../../../src/domain/plan/story.ts';
import { errorTable, type ErrorCode } from '../../../src/domain/errors/errors.ts';

const checks: CheckResult[] = (['state', 'release', 'cluster', 'configuration', 'restorePoint', 'jar'] as const).map(
  passed,
);

export const stopOf = (how: 'savepoint' | 'checkpoint' | 'none'): NonNullable<Plan['stop']> => ({
  with: how,
  drain: false,
  deployment: 9,
  application: 'application_1700000000000_0009',
  cluster: 'yarn-a',
  newestCheckpoint: null,
});

const changes: NonNullable<Plan['changes']> = {
  release: { before: 'clicks/1.1.0', after: 'clicks/1.2.1' },
  gitCommit: { before: 'abc123', after: 'def456' },
  file: {
    before: 'a'.repeat(64),
    after: 'b'.repeat(64),
    diff: '--- before\n+++ after\n@@ -12,3 +12,3 @@\n job:\n-  parallelism: 2\n+  parallelism: 4\n   entryClass: com.example.Clicks\n',
  },
  configuration: [
    {
      key: 'taskmanager.memory.process.size',
      before: '2g',
      after: '4g',
      originBefore: 'deployment file',
      originAfter: 'hotfix',
    },
  ],
  configurationLeftOut: 0,
  jar: {
    before: { name: 'clicks.jar', sha256: 'c'.repeat(64), size: 12_000_000, release: 'clicks/1.1.0' },
    after: { name: 'clicks.jar', sha256: 'd'.repeat(64), size: 12_100_000, release: 'clicks/1.2.1' },
    changed: true,
  },
  shipped: [],
  hotfix: { before: null, after: null, lines: [], expiresAt: null },
  cluster: { before: 'yarn-a', after: 'yarn-a' },
  launcher: { before: 'direct', after: 'direct' },
  flinkVersion: { before: '1.20.1', after: '1.20.1' },
  parallelism: { before: 2, after: 4 },
};

/** The plan of a kind that passes. */
export function planOf(kind: Plan['kind'], more: Partial<Plan> = {}): Partial<Plan> {
  const starts = phasesOf({ kind, stop: null }).some(({ name }) => name === 'submitting');
  const stop = more.stop === undefined ? (starts || kind === 'stop' ? stopOf('savepoint') : null) : more.stop;
  return {
    checks,
    summary: `${kind} as planned`,
    stop,
    restorePoint: starts ? 'from-stop' : null,
    changes: starts ? changes : null,
    onFailedStart: starts ? 'rollback' : null,
    phases: phasesOf({ kind, stop }),
    ...more,
  };
}

/** The plan of a kind that one check refuses. */
export function refusedPlan(kind: Plan['kind'], name: CheckResult['name'], code: ErrorCode): Partial<Plan> {
  const failed = refused(name, code, errorTable[code].title);
  return planOf(kind, { ok: false, checks: [...checks.filter((check) => check.name !== name), failed] });
}
