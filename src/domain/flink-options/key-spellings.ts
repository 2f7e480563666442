/**
 * Flink keeps old names of an option as fallback keys, and the newest name wins over them, whichever layer of
 * configuration it came from. So one option must never be in a configuration under two names.
 * Read from the classes of Flink 1.20.1 and 2.1.0; the name that both prefer is first.
 */
const SPELLINGS: readonly (readonly string[])[] = [
  ['execution.checkpointing.dir', 'state.checkpoints.dir', 'state.backend.fs.checkpointdir'],
  ['execution.checkpointing.savepoint-dir', 'state.savepoints.dir', 'savepoints.state.backend.fs.dir'],
  ['execution.checkpointing.num-retained', 'state.checkpoints.num-retained'],
  ['execution.checkpointing.create-subdir', 'state.checkpoints.create-subdir'],
  ['execution.checkpointing.storage', 'state.checkpoint-storage'],
  ['execution.checkpointing.incremental', 'state.backend.incremental'],
  ['execution.checkpointing.aligned-checkpoint-timeout', 'execution.checkpointing.alignment-timeout'],
  ['execution.checkpointing.unaligned.enabled', 'execution.checkpointing.unaligned'],
  [
    'execution.checkpointing.checkpoints-after-tasks-finish',
    'execution.checkpointing.checkpoints-after-tasks-finish.enabled',
  ],
  ['execution.checkpointing.cleaner.parallel-mode', 'state.checkpoint.cleaner.parallel-mode'],
  [
    'execution.checkpointing.data-inline-threshold',
    'state.storage.fs.memory-threshold',
    'state.backend.fs.memory-threshold',
  ],
  [
    'execution.checkpointing.write-buffer-size',
    'state.storage.fs.write-buffer-size',
    'state.backend.fs.write-buffer-size',
  ],
  ['execution.state-recovery.path', 'execution.savepoint.path'],
  ['execution.state-recovery.ignore-unclaimed-state', 'execution.savepoint.ignore-unclaimed-state'],
  ['execution.state-recovery.claim-mode', 'execution.savepoint-restore-mode'],
  ['state.backend.type', 'state.backend'],
  ['restart-strategy.type', 'restart-strategy'],
  ['high-availability.type', 'high-availability', 'recovery.mode'],
  ['high-availability.cluster-id', 'high-availability.zookeeper.path.namespace', 'recovery.zookeeper.path.namespace'],
  ['env.java.opts.all', 'env.java.opts'],
];

const groupOf: ReadonlyMap<string, readonly string[]> = new Map(
  SPELLINGS.flatMap((group) => group.map((key) => [key, group] as const)),
);

/** All names of the option that `key` is one of, the preferred one first; only `key` itself when it has no other. */
export const spellingsOf = (key: string): readonly string[] => groupOf.get(key) ?? [key];

/** The name of the option that Flink prefers. */
export const preferredKey = (key: string): string => spellingsOf(key)[0] ?? key;

/** The value of an option under whichever name it is given; the preferred name wins, as in Flink. */
export function valueOf(config: Readonly<Record<string, string>>, key: string): string | undefined {
  const name = spellingsOf(key).find((spelling) => Object.hasOwn(config, spelling));
  return name === undefined ? undefined : config[name];
}
