/** Figures of the operations that brought an instance up, for charts: phases, downtime, the point that they started from. */
import type { Deployment } from '../../domain/deployment/deployment.ts';
import type { OperationRecord } from '../../domain/operation/operation.ts';
import type { RecordStore } from '../../records/record-store.ts';
import type { UpgradeItem, UpgradeList } from '../figures-contract.ts';
import type { PageRequest } from '../http/paging.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { readHistory } from './history.ts';

/** The kinds of operations that start an instance. */
const STARTING = ['deploy', 'resume', 'restart', 'rollback', 'hotfix', 'revertHotfix', 'failover', 'failback'] as const;

export const isStart = (kind: string): boolean => STARTING.some((one) => one === kind);

/** The upgrades of a job, newest first; null when nothing was ever asked of it. */
export async function readUpgrades(
  { jobs, records }: { readonly jobs: Jobs; readonly records: RecordStore },
  job: string,
  query: PageRequest,
): Promise<UpgradeList | null> {
  const [page, deployments] = await Promise.all([
    readHistory(jobs, records, job, { ...query, kind: [...STARTING] }),
    records.deployments(job),
  ]);
  if (!page) return null;
  const current = (await jobs.view(job))?.deployment ?? null;
  const all = current
    ? [current, ...deployments.values.filter(({ number }) => number !== current.number)]
    : deployments.values;
  const items = page.items.flatMap((operation) => upgradeOf(operation, all) ?? []);
  return { items, nextCursor: page.nextCursor, unreadable: [...(page.unreadable ?? [])], usualMs: usualOf(items) };
}

/** @param deployments of the job, newest first. Null for an operation that has not ended. */
function upgradeOf(operation: OperationRecord, deployments: readonly Deployment[]): UpgradeItem | null {
  const { id, kind, outcome, acceptedAt, endedAt } = operation;
  if (outcome === null || endedAt === null) return null;
  const made = deployments.find(({ operationId }) => operationId === id) ?? null;
  return {
    ...{ operation: id, kind, outcome, acceptedAt, endedAt },
    release: operation.release ?? made?.release ?? null,
    deployment: operation.deployment,
    totalMs: between(acceptedAt, endedAt),
    phases: operation.phases.flatMap(({ name, startedAt, endedAt: end }) =>
      end === null ? [] : [{ name, ms: between(startedAt, end) }],
    ),
    downtimeMs: made && downtimeOf(made, deployments),
    startedFrom: made?.restorePoint?.path ?? null,
  };
}

/** Null where nothing was replaced: what runs after a stop was down because somebody wanted that. */
function downtimeOf({ number, runningAt }: Deployment, deployments: readonly Deployment[]): number | null {
  const before = deployments.find((one) => one.number < number);
  if (!runningAt || before?.ended?.how !== 'replaced') return null;
  return between(before.ended.at, runningAt);
}

const between = (from: string, to: string): number => Math.max(0, Date.parse(to) - Date.parse(from));

/** The medians of those that succeeded. */
function usualOf(upgrades: readonly UpgradeItem[]): Record<string, number> {
  const times = new Map<string, number[]>();
  const note = (name: string, ms: number | null): void => {
    if (ms !== null) times.set(name, [...(times.get(name) ?? []), ms]);
  };
  for (const { outcome, phases, totalMs, downtimeMs } of upgrades) {
    if (outcome !== 'succeeded') continue;
    for (const { name, ms } of phases) note(name, ms);
    note('total', totalMs);
    note('downtime', downtimeMs);
  }
  return Object.fromEntries([...times].map(([name, all]) => [name, medianOf(all)]));
}

const medianOf = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0;
