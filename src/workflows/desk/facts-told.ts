/** The facts that the watcher has told and that wait for the desk. */
import type { Desk } from './desk.ts';

type Told = Desk['earlierFacts'][number];

/** The fact that waits about an instance; a standby beside it may have newer ones of its own. */
export const factAbout = ({ fact, factSigned, earlierFacts }: Desk, epoch: number | undefined): Told | null =>
  [...earlierFacts, ...(fact ? [{ fact, signed: factSigned }] : [])].findLast((told) => told.fact.epoch === epoch) ??
  null;
