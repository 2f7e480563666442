/** Releases of two projects for one job: another project's takeover, and the way back to the owner. */
import type { OperationKind } from '../../src/domain/lifecycle.ts';
import type { World } from '../world/world.ts';
import { deploymentLines, type Ask } from './scenario.ts';

/** A release of another project that asks to be deployed; a step publishes it. */
const EVIL = 'evil/2.0.0';

/** Publishes the release of another project. @returns a request as a watch makes it that knows nothing of owners. */
export function takeOver(world: World, job: string): Ask {
  world.publish(EVIL, [job], { ...deploymentLines(EVIL, null), autoDeploy: '{enabled: true}' });
  return { do: 'ask', sluice: 0, door: 'signal', kind: 'deploy', payload: { release: EVIL }, id: 'new' };
}

/** Payloads of the operations that deploy at last a job that may have been handed over before. */
export const lastPayloads: Partial<Record<OperationKind, Readonly<Record<string, string>>>> = {
  deploy: { release: 'clicks/1.1.0' },
  transfer: { project: 'clicks' },
};
