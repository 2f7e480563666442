/** Another project's release for the job. */
import type { World } from '../world/world.ts';
import { deploymentLines, type Ask } from './scenario.ts';

/** A release of another project that asks to be deployed; a step publishes it. */
const EVIL = 'evil/2.0.0';

/** Publishes the release of another project. @returns a request as a watch makes it that knows nothing of owners. */
export function takeOver(world: World, job: string): Ask {
  world.publish(EVIL, [job], {
    ...deploymentLines(EVIL, { keep: null, restarts: false, leased: false, adaptive: false, warm: false }),
    autoDeploy: '{enabled: true}',
  });
  return { do: 'ask', sluice: 0, door: 'signal', kind: 'deploy', payload: { release: EVIL }, id: 'new' };
}
