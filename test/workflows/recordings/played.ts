/** The parts that all recorded stories share. */
import type { World } from '../../world/world.ts';
import type { Driver } from '../harness.ts';

export const JOB = 'recorded';
export const CLUSTER = 'yarn-a';

export interface Played {
  readonly driver: Driver;
  readonly world: World;
}

export const first = { id: 'first-deploy', actor: 'ci', release: 'clicks/1.0.0' };
