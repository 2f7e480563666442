/** The program of an instance: its configuration, and what main() makes of it. */
import { parseDuration } from '../../src/domain/input/durations.ts';
import type { FakeJob } from '../fakes/flink.ts';
import type { InCode } from './witness.ts';

/** Settings with which the program runs: its configuration, and the changes of main(). */
export function programOf(
  config: string,
  inCode: InCode,
): Pick<FakeJob, 'parallelism' | 'scheduler' | 'fixed' | 'checkpointing'> {
  const option = (key: string) => new RegExp(`"${key.replaceAll('.', '\\.')}": "([^"]+)"`).exec(config)?.[1];
  const duration = (key: string) => parseDuration(option(key) ?? '');
  const intervalMs = inCode.intervalMs ?? duration('execution.checkpointing.interval');
  return {
    parallelism: inCode.parallelism ?? Number(option('parallelism.default') ?? 1),
    scheduler: option('jobmanager.scheduler') === 'adaptive' && inCode.scheduler !== 'default' ? 'adaptive' : 'default',
    fixed: { ...inCode.fixed },
    checkpointing:
      intervalMs === null
        ? null
        : {
            intervalMs,
            timeoutMs: inCode.timeoutMs ?? duration('execution.checkpointing.timeout') ?? 600_000,
            mode: (inCode.mode ?? option('execution.checkpointing.mode') ?? 'EXACTLY_ONCE').toLowerCase(),
            stateBackend:
              option('state.backend.type') === 'rocksdb' ? 'EmbeddedRocksDBStateBackend' : 'HashMapStateBackend',
            externalized: true,
            deletedOnCancellation: false,
            storage: 'FileSystemCheckpointStorage',
          },
  };
}
