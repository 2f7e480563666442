/** The activities of a standby, from its submission to its promotion or its end. */
import type { Dependencies } from '../dependencies/dependencies.ts';
import { awaitStandby } from './await-standby.ts';
import { giveBackStandby } from './give-back-standby.ts';
import { holdStart, type HoldInput } from './hold-start.ts';
import { promoteStart, type PromoteInput } from './promote-start.ts';

export const createStandby = (deps: Dependencies) => ({
  holdStart: (input: HoldInput) => holdStart(deps, input),
  awaitStandby: (input: Parameters<typeof awaitStandby>[1]) => awaitStandby(deps, input),
  promoteStart: (input: PromoteInput) => promoteStart(deps, input),
  giveBackStandby: (input: Parameters<typeof giveBackStandby>[1]) => giveBackStandby(deps, input),
});
