/**
 * Spellings are the names of one Flink option. Flink keeps old names as fallback keys, and the newest name wins over them
 * whichever layer of configuration it came from, so a configuration must hold each option under one name.
 */
import { compareMinor } from './flink-version.ts';

/** The first version with the names of FLIP-406. */
const RENAMED_IN = '1.20';

/** Options that Sluice sets and FLIP-406 renamed: the name since then comes first, and the name before it second. */
const RENAMED = [
  ['execution.checkpointing.dir', 'state.checkpoints.dir', 'state.backend.fs.checkpointdir'],
  ['execution.checkpointing.savepoint-dir', 'state.savepoints.dir', 'savepoints.state.backend.fs.dir'],
  ['execution.checkpointing.num-retained', 'state.checkpoints.num-retained'],
  ['execution.state-recovery.path', 'execution.savepoint.path'],
  ['execution.state-recovery.ignore-unclaimed-state', 'execution.savepoint.ignore-unclaimed-state'],
  ['execution.state-recovery.claim-mode', 'execution.savepoint-restore-mode'],
] as const;

type Renamed = (typeof RENAMED)[number][0];

/** As in the classes of Flink 1.20.1 and 2.1.0; the name that both prefer comes first. */
const SPELLINGS: readonly (readonly string[])[] = [
  ...RENAMED,
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
  ['state.backend.type', 'state.backend'],
  ['restart-strategy.type', 'restart-strategy'],
  ['high-availability.type', 'high-availability', 'recovery.mode'],
  ['high-availability.cluster-id', 'high-availability.zookeeper.path.namespace', 'recovery.zookeeper.path.namespace'],
  ['env.java.opts.all', 'env.java.opts'],
  ['taskmanager.memory.managed.size', 'taskmanager.memory.size'],
  ['taskmanager.memory.network.fraction', 'taskmanager.network.memory.fraction'],
  ['taskmanager.memory.network.max', 'taskmanager.network.memory.max'],
  ['taskmanager.memory.network.min', 'taskmanager.network.memory.min'],
];

const groupOf: ReadonlyMap<string, readonly string[]> = new Map(
  SPELLINGS.flatMap((group) => group.map((key) => [key, group] as const)),
);

/** Lists all names of the option that `key` names, the preferred one first; only `key` when it has no other name. */
export const spellingsOf = (key: string): readonly string[] => groupOf.get(key) ?? [key];

/** Translates a key into the name that Flink prefers. */
export const preferredKey = (key: string): string => spellingsOf(key)[0] ?? key;

/**
 * Names an option as a Flink version knows it best. An older version does not know the new name; from 1.20 on the old one is a
 * fallback, so a new name set elsewhere would silently win over it.
 */
export const nameIn = (flinkVersion: string, key: Renamed): string =>
  compareMinor(flinkVersion, RENAMED_IN) >= 0 ? key : (spellingsOf(key)[1] ?? key);

/** Tells whether a Flink version knows an option by its new name. */
export const hasName = (flinkVersion: string, key: Renamed): boolean => nameIn(flinkVersion, key) === key;
