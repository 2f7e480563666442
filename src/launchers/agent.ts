/**
 * The agent: the part of Sluice inside the JVMs of a start (java/sluice-agent). As a plugin of Flink it reads the job's gate
 * before Flink begins; the entry class then refuses to call main() where the plugin did not. In the JobManager it gives signs of
 * life.
 */
import type { Deployment } from '../domain/deployment/deployment.ts';
import type { DeploymentFile } from '../domain/deployment-file/deployment-file.ts';
import type { FrameworkSettings } from '../domain/deployment/framework-settings.ts';
import { gatesKey, signKey, uriOf } from '../domain/identity/storage-keys.ts';
import { timeLimits } from '../domain/time-limits.ts';

/** Keys of its two JARs in the bucket. YARN links an object only once into a container, so the JARs are two objects. */
export interface AgentJars {
  /** Ends with `/plugins/sluice/sluice-agent.jar`. */
  readonly plugin: string;
  /** Ends with `/lib/sluice-entry.jar`. */
  readonly entry: string;
}

/** The JARs, and what they do while a job runs. */
export interface Agent extends AgentJars {
  /** Milliseconds of the lease of jobs that Sluice may fail over by itself. */
  readonly lease: number;
  readonly signs: {
    /** Milliseconds between two signs of life that only a completed checkpoint gives. */
    readonly checkpoints: number;
  };
}

/** Milliseconds of the lease of instances of this file; null for none. A lease has its price, so only automatic failover has one. */
export const leaseOf = ({ recovery }: Pick<DeploymentFile, 'recovery'>, agent: Agent | null): number | null =>
  agent === null || recovery.failover.mode === 'manual' ? null : agent.lease;

/** The place of the plugin in a container. */
export const AGENT_PLUGIN = 'plugins/sluice/sluice-agent.jar';
/** The place of the JAR that holds the entry class. */
export const AGENT_ENTRY = 'sluice-entry.jar';
/** Takes the program's own entry class as its first argument; before it the lease, which the JVM must keep, and the standby. */
const ENTRY_CLASS = 'sluice.agent.Entry';

/** The class whose main() Flink runs, and its arguments. An entry class never runs the program of a standby that is not promoted. */
export function mainOf(file: DeploymentFile, agent: Agent | null, standbyMs: number | null = null) {
  const { entryClass, args } = file.job;
  if (agent === null) return { entryClass, args };
  const lease = leaseOf(file, agent);
  const own = [...(lease === null ? [] : [`lease=${lease}`]), ...(standbyMs === null ? [] : [`standby=${standbyMs}`])];
  return { entryClass: ENTRY_CLASS, args: [...own, entryClass, ...args] };
}

/** Ends a container that lacks the plugin before Java begins: Flink starts without a plugin that is not there. */
export const AGENT_ONLY = `test -f ${AGENT_PLUGIN} || exit 66;`;

/** The folders that Flink's client localizes as `plugins/…` and `lib/…` (`yarn.provided.lib.dirs`). */
export const foldersOf = ({ plugin, entry }: AgentJars): readonly string[] => [
  plugin.slice(0, -'/sluice/sluice-agent.jar'.length),
  entry.slice(0, -'/sluice-entry.jar'.length),
];

/**
 * The options that make Flink load the plugin in each JVM, and tell the plugin which gate is its own, whether it has a lease or
 * stands by, and where it gives signs of life.
 */
export const agentSettings = (
  bucket: string,
  { job, startKey, cluster, epoch }: Deployment,
  {
    agent,
    lease,
    standbyMs = null,
  }: { readonly agent: Agent; readonly lease: number | null; readonly standbyMs?: number | null },
): FrameworkSettings => ({
  'metrics.reporter.sluice.factory.class': 'sluice.agent.GateReporterFactory',
  'metrics.reporter.sluice.gate': uriOf(bucket, gatesKey(job)),
  'metrics.reporter.sluice.start': startKey,
  'metrics.reporter.sluice.silence': String(timeLimits.gateSilence),
  'metrics.reporter.sluice.hold': String(timeLimits.gateHold),
  ...(lease === null ? {} : { 'metrics.reporter.sluice.lease': String(lease) }),
  ...(standbyMs === null ? {} : { 'metrics.reporter.sluice.standby': String(standbyMs) }),
  'metrics.reporter.sluice.signs': uriOf(bucket, signKey(cluster, job)),
  'metrics.reporter.sluice.job': job,
  'metrics.reporter.sluice.epoch': String(epoch),
  'metrics.reporter.sluice.checkpoints': String(agent.signs.checkpoints),
  // Without this list Flink makes all reporters that have a factory; with it, only those that it names.
  'metrics.reporters': 'sluice',
  // A program that brings classes of this name along must not take the place of ours.
  'classloader.parent-first-patterns.additional': 'sluice.agent.',
});
