/** The last starts of a job: one reading for all panels. */
import type { UpgradeList } from '../../../../api/figures-contract.ts';
import { useRead } from '../../../api/use-read.ts';

const SHOWN = 50;

export const useUpgrades = (job: string) =>
  useRead('/jobs/{job}/upgrades', { params: { job }, query: { limit: SHOWN } });

export const downtimesOf = (upgrades: UpgradeList | undefined): ReadonlyMap<string, number> =>
  new Map(
    (upgrades?.items ?? []).flatMap(({ operation, downtimeMs }) =>
      downtimeMs === null ? [] : [[operation, downtimeMs] as const],
    ),
  );
