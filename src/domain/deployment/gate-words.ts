/** Says for people what it means that an instance has no gate. */
import type { Deployment } from './deployment.ts';

/** Null for an instance that reads the job's gate, and for one that has ended. */
export const withoutGate = ({ gated, ended }: Pick<Deployment, 'gated' | 'ended'>): string | null =>
  gated || ended !== null
    ? null
    : 'none, because it was adopted or started without one: only YARN can keep its processes from running; its next start gets one';
