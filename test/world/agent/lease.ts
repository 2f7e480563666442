/** Keeps the lease of a fake application as its JVMs do; test/contract/lease.test.ts holds the answers against the real part. */
import { exits, type LeaseAnswer } from './gate.ts';

/** The part of Sluice in the JVMs of all applications, with a switch for each way in which it does not do its work. */
export interface FakeAgent {
  /** The JVMs lack the part, and read no gate. */
  isMissing: boolean;
  /** The JVMs run on, whatever the gate says. */
  ignoresLease: boolean;
  /** S3 gives the JVMs no answer. */
  isUnanswered: boolean;
  /** The JVMs stand still: they read nothing and end nothing, until they wake. */
  isFrozen: boolean;
  /** Signs of life do not arrive, as from installations whose containers may not write them. */
  losesSigns: boolean;
  /** Clusters whose JVMs get no answer of S3. */
  readonly cutOff: Set<string>;
}

/** The part in the JVMs of one application, whose cluster may be cut off. */
export const onCluster = (agent: FakeAgent, cluster: string): FakeAgent =>
  Object.create(agent, { isUnanswered: { get: () => agent.isUnanswered || agent.cutOff.has(cluster) } }) as FakeAgent; // the prototype has the rest

export const soundAgent = (): FakeAgent => ({
  isMissing: false,
  ignoresLease: false,
  isUnanswered: false,
  isFrozen: false,
  losesSigns: false,
  cutOff: new Set(),
});

interface Keeping {
  /** Milliseconds. */
  readonly lease: number;
  readonly agent: FakeAgent;
  readonly isAlive: () => boolean;
  readonly ask: () => LeaseAnswer;
  readonly end: (code: number) => void;
}

/** Begins with a good answer, which let the application pass its gate. */
export function keepLease({ lease, agent, isAlive, ask, end }: Keeping): void {
  let answeredAt = Date.now();
  const codeNow = (): number | null => {
    const answer = agent.isUnanswered ? 'none' : ask();
    if (answer === 'over') return exits.revoked;
    if (Date.now() - answeredAt >= lease) return exits.leaseOver;
    if (answer === 'good') answeredAt = Date.now();
    return null;
  };
  const look = (): void => {
    if (!isAlive()) return;
    const code = agent.isFrozen || agent.ignoresLease ? null : codeNow();
    if (code === null) setTimeout(look, lease / 8).unref();
    else end(code);
  };
  setTimeout(look, lease / 8).unref();
}
