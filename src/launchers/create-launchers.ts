/** The launchers that a cluster offers: composition, for the worker and for whoever measures it. */
import type { S3Client } from '../clients/s3/s3.ts';
import type { YarnClient } from '../clients/yarn/yarn.ts';
import type { ClusterConfig, Config } from '../config.ts';
import type { LauncherName } from '../domain/identity/launcher-name.ts';
import { durationMs } from '../domain/input/durations.ts';
import { memoryMegabytes } from '../domain/input/memory-size.ts';
import type { Agent } from './agent.ts';
import { createDirectLauncher } from './direct.ts';
import type { Distributions } from './distribution.ts';
import type { Launcher } from './launcher.ts';
import { createShellRunner } from './shell-runner.ts';
import { createWarmUps, type WarmUps } from './warm-up.ts';

interface Parts {
  readonly s3: S3Client;
  readonly yarn: YarnClient;
  readonly distributions: Distributions;
}

/** The agent as launchers take it, with its durations in milliseconds. */
export const agentOf = (agent: Config['agent']): Agent | null =>
  agent === undefined
    ? null
    : {
        ...agent,
        lease: durationMs(agent.lease),
        signs: { checkpoints: durationMs(agent.signs.checkpoints) },
      };

/** @throws Error when the configuration lacks what a launcher needs. */
export function createLaunchers(
  { flink, shellRunner, agent }: Config,
  cluster: ClusterConfig,
  parts: Parts,
): Readonly<Partial<Record<LauncherName, Launcher>>> {
  const { resourceScheme: scheme, user, applicationClasspath } = cluster;
  const common = { ...parts, agent: agentOf(agent), scheme, user, applicationClasspath };
  const create = (name: LauncherName): Launcher => {
    if (name === 'direct') return createDirectLauncher(common);
    if (!shellRunner)
      throw new Error(`cluster ${cluster.name} offers shell-runner: say in shellRunner.jar where its JAR is`);
    const { jar, memory } = shellRunner;
    const { clientClasspath } = cluster;
    const memoryMb = memoryMegabytes(memory);
    return createShellRunner({ ...common, prefixes: flink.distributions, clientClasspath, jar, memoryMb });
  };
  return Object.fromEntries(cluster.launchers.map((name) => [name, create(name)]));
}

/** The warm-ups of a cluster; absent without an agent, whose entry JAR has their program. */
export function warmUpsOf({ flink, agent }: Config, cluster: ClusterConfig, parts: Parts): WarmUps | undefined {
  if (agent === undefined) return undefined;
  const { resourceScheme: scheme, user, applicationClasspath } = cluster;
  const flinkConfig = { ...flink.config, ...cluster.flinkConfig };
  return createWarmUps({ ...parts, entry: agent.entry, scheme, user, applicationClasspath, flinkConfig });
}
