/** Plans of campaigns for tests. */
import { newCampaign, type CampaignMemory } from '../../../src/domain/campaign/memory.ts';
import type { CampaignPlan } from '../../../src/domain/campaign/plan.ts';

export const AT = '2026-01-01T12:00:00.000Z';

export const plan = (jobs: readonly string[], more: Partial<CampaignPlan> = {}): CampaignPlan => ({
  version: 1,
  id: 'nightly',
  kind: 'restart',
  by: 'oncall',
  at: AT,
  reason: null,
  selector: 'label=tier=1',
  stopWith: null,
  to: null,
  release: null,
  maxParallel: 2,
  canaries: 0,
  stopAfter: 2,
  fingerprint: 'f',
  owners: [],
  signed: null,
  jobs: jobs.map((job) => ({ job })),
  leftOut: [],
  leftOutBeyond: 0,
  ...more,
});

export function campaignOf(jobs: readonly string[], more: Partial<CampaignPlan> = {}): CampaignMemory {
  const memory = newCampaign(plan(jobs, more));
  if (memory === null) throw new Error('the plan is none');
  return memory;
}
