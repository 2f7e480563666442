/** The example program as a person starts it with Flink's own client: no file of Sluice, no tag, an observer all the same. */
import { buildClicks } from '../../examples/clicks/build.ts';
import { java17Options } from '../../src/launchers/platform-defaults.ts';
import type { FlinkVersion } from '../../stack/cache/pins.ts';
import { submitByHand } from './processes/flink-client.ts';
import { runningStack } from './stack.ts';

/** Starts it under the name of a job, from nothing. @returns its application id */
export async function startByHand(name: string, cluster: string, flinkVersion: FlinkVersion): Promise<string> {
  const { jars } = await buildClicks({ version: '1.0.0', flinkVersions: [flinkVersion] });
  return submitByHand({
    cluster,
    flinkVersion,
    config: configByHand(name),
    jar: jars[0]?.path ?? '',
    entryClass: 'com.example.Clicks',
    args: ['--observer', 'env:SLUICE_OBSERVER', '--rate', '20'],
  });
}

/** The `config.yaml` of a person on a gateway host. */
export function configByHand(name: string): Readonly<Record<string, string>> {
  const { s3, observer } = runningStack();
  return {
    'env.java.opts.all': java17Options,
    's3.endpoint': s3.endpoint,
    's3.path.style.access': 'true',
    'yarn.application.name': name,
    'yarn.application-attempts': '1',
    'containerized.master.env.SLUICE_JOB': name,
    'containerized.taskmanager.env.SLUICE_JOB': name,
    'containerized.master.env.SLUICE_OBSERVER': observer,
    'containerized.taskmanager.env.SLUICE_OBSERVER': observer,
    'execution.checkpointing.interval': '1s',
    'execution.checkpointing.dir': `s3://${s3.bucket}/by-hand/${name}`,
    'execution.checkpointing.externalized-checkpoint-retention': 'RETAIN_ON_CANCELLATION',
    'jobmanager.memory.process.size': '700m',
    'taskmanager.memory.process.size': '896m',
    'taskmanager.memory.managed.size': '0m',
    'taskmanager.memory.jvm-metaspace.size': '128m',
    'taskmanager.numberOfTaskSlots': '1',
  };
}
