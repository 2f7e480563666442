/* eslint-disable max-lines -- one table */
/**
 * Types of Flink's options, read out of the classes of Flink 1.20.1 and 2.1.0 (every `ConfigOption` of `*Options`, with its
 * fallback keys). A key whose type differs between versions is absent, and so are options for Kubernetes, for the SQL
 * gateway, and for native metrics of state backends.
 */

/** Types of which Flink reads every value of a configuration. */
type ScalarType = 'boolean' | 'integer' | 'number' | 'duration' | 'memory';

const KEYS: Readonly<Record<ScalarType, string>> = {
  boolean: `
    blob.service.ssl.enabled classloader.check-leaked-classloader classloader.fail-on-metaspace-oom-error
    cluster.evenly-spread-out-slots cluster.processes.halt-on-fatal-error dstl.dfs.compression.enabled enabled
    env.stdout-err.redirect-to-file execution.allow-client-job-configurations execution.attached
    execution.batch-state-backend.enabled execution.batch.adaptive.auto-parallelism.enabled
    execution.batch.job-recovery.enabled execution.batch.speculative.enabled execution.buffer-timeout.enabled
    execution.checkpointing.approximate-local-recovery execution.checkpointing.checkpoints-after-tasks-finish
    execution.checkpointing.checkpoints-after-tasks-finish.enabled execution.checkpointing.cleaner.parallel-mode
    execution.checkpointing.create-subdir execution.checkpointing.file-merging.across-checkpoint-boundary
    execution.checkpointing.file-merging.enabled execution.checkpointing.file-merging.pool-blocking
    execution.checkpointing.force execution.checkpointing.incremental execution.checkpointing.local-backup.enabled
    execution.checkpointing.snapshot-compression execution.checkpointing.unaligned
    execution.checkpointing.unaligned.enabled execution.checkpointing.unaligned.forced
    execution.checkpointing.unaligned.interruptible-timers.enabled execution.program-config.enabled
    execution.savepoint.ignore-unclaimed-state execution.shutdown-on-application-finish
    execution.shutdown-on-attached-exit execution.sorted-inputs.enabled
    execution.state-recovery.approximate-local-recovery execution.state-recovery.from-local
    execution.state-recovery.ignore-unclaimed-state execution.submit-failed-job-on-application-error
    fine-grained.shuffle-mode.all-blocking fs.output.always-create-directory fs.overwrite-files
    high-availability.zookeeper.client.ensemble-tracker
    high-availability.zookeeper.client.tolerate-suspended-connections historyserver.archive.clean-expired-jobs
    historyserver.web.ssl.enabled job-result-store.delete-on-commit
    jobmanager.adaptive-batch-scheduler.speculative.enabled
    jobmanager.adaptive-scheduler.prefer-minimal-taskmanagers jobmanager.memory.enable-jvm-direct-memory-limit
    jobmanager.partition.release-during-job-execution jobmanager.retrieve-taskmanager-hostname
    jobmanager.web.ssl.enabled jobmanager.web.submit.enable metrics.system-resource pekko.ask.callstack
    pekko.jvm-exit-on-fatal-error pekko.log.lifecycle.events pekko.rpc.force-invocation-serialization
    pekko.ssl.enabled pipeline.auto-generate-uids pipeline.auto-type-registration pipeline.force-avro
    pipeline.force-kryo pipeline.force-kryo-avro pipeline.generic-types pipeline.object-reuse
    pipeline.operator-chaining pipeline.operator-chaining.chain-operators-with-different-max-parallelism
    pipeline.operator-chaining.enabled pipeline.vertex-name-include-index-prefix
    pipeline.watermark-alignment.allow-unaligned-source-splits queryable-state.enable
    resourcemanager.taskmanager-release.wait.result.consumed rest.flamegraph.enabled rest.profiling.enabled
    security.delegation.tokens.enabled security.kerberos.fetch.delegation-token
    security.kerberos.login.use-ticket-cache security.ssl.enabled security.ssl.internal.enabled
    security.ssl.rest.authentication-enabled security.ssl.rest.enabled security.ssl.verify-hostname
    state.backend.async state.backend.changelog.enabled state.backend.changelog.periodic-materialize.enabled
    state.backend.forst.bloom-filter.block-based-mode state.backend.forst.compaction.level.use-dynamic-size
    state.backend.forst.executor.inline-coordinator state.backend.forst.executor.inline-write
    state.backend.forst.memory.managed state.backend.forst.memory.partitioned-index-filters
    state.backend.forst.rescaling.use-delete-files-in-range state.backend.forst.sync.enforce-local
    state.backend.forst.use-bloom-filter state.backend.forst.use-ingest-db-restore-mode state.backend.incremental
    state.backend.latency-track.keyed-state-enabled state.backend.latency-track.state-name-as-variable
    state.backend.local-recovery state.backend.rocksdb.bloom-filter.block-based-mode
    state.backend.rocksdb.compaction.level.use-dynamic-size
    state.backend.rocksdb.incremental-restore-async-compact-after-rescale state.backend.rocksdb.memory.managed
    state.backend.rocksdb.memory.partitioned-index-filters state.backend.rocksdb.rescaling.use-delete-files-in-range
    state.backend.rocksdb.use-bloom-filter state.backend.rocksdb.use-ingest-db-restore-mode
    state.changelog.dstl.dfs.compression.enabled state.changelog.enabled
    state.changelog.periodic-materialize.enabled state.checkpoint.cleaner.parallel-mode
    state.checkpoints.create-subdir state.latency-track.keyed-state-enabled
    state.latency-track.state-name-as-variable state.size-track.keyed-state-enabled
    state.size-track.state-name-as-variable taskmanager.data.ssl.enabled taskmanager.debug.memory.log
    taskmanager.debug.memory.startLogThread taskmanager.exit-on-fatal-akka-error taskmanager.jvm-exit-on-oom
    taskmanager.network.batch-shuffle.compression.enabled taskmanager.network.blocking-shuffle.compression.enabled
    taskmanager.network.detailed-metrics taskmanager.network.hybrid-shuffle.enable-new-mode
    taskmanager.network.memory.buffer-debloat.enabled taskmanager.network.tcp-connection.enable-reuse-across-jobs
    taskmanager.runtime.hashjoin-bloom-filters taskmanager.runtime.large-record-handler
    taskmanager.system-out.log.thread-name.enabled traces.report-events-as-spans user.artifacts.raw-http-enabled
    web.cancel.enable web.rescale.enable web.ssl.enabled web.submit.enable yarn.security.kerberos.ship-local-keytab
    zookeeper.sasl.disable
  `,
  integer: `
    blob.client.connect.timeout blob.client.socket.timeout blob.fetch.backlog blob.fetch.num-concurrent
    blob.fetch.retries blob.offload.minsize blob.service.cleanup.interval
    cleanup-strategy.exponential-delay.attempts cleanup-strategy.fixed-delay.attempts cluster.io-pool.size
    cluster.thread-dump.stacktrace-max-depth compiler.delimited-informat.max-line-samples
    compiler.delimited-informat.max-sample-len compiler.delimited-informat.min-line-samples
    dstl.dfs.discard.num-threads dstl.dfs.upload.max-attempts dstl.dfs.upload.num-threads env.log.max
    execution.async-state.active-buffer-size execution.async-state.active-buffer-timeout
    execution.async-state.buffer-size execution.async-state.buffer-timeout
    execution.async-state.in-flight-records-limit execution.async-state.total-buffer-size
    execution.batch.adaptive.auto-parallelism.default-source-parallelism
    execution.batch.adaptive.auto-parallelism.max-parallelism
    execution.batch.adaptive.auto-parallelism.min-parallelism execution.batch.speculative.max-concurrent-executions
    execution.checkpointing.file-merging.max-subtasks-per-file execution.checkpointing.max-concurrent-checkpoints
    execution.checkpointing.num-retained execution.checkpointing.recover-without-channel-state.checkpoint-id
    execution.checkpointing.tolerable-failed-checkpoints
    execution.checkpointing.unaligned.max-subtasks-per-channel-state-file execution.checkpointing.write-buffer-size
    execution.state-recovery.without-channel-state.checkpoint-id heartbeat.rpc-failure-threshold
    high-availability.zookeeper.client.max-retry-attempts
    high-availability.zookeeper.client.simulated-session-expiration-percent historyserver.archive.retained-jobs
    historyserver.web.port job-manager.max-attempts-history-size
    jobmanager.adaptive-batch-scheduler.default-source-parallelism
    jobmanager.adaptive-batch-scheduler.max-parallelism jobmanager.adaptive-batch-scheduler.min-parallelism
    jobmanager.adaptive-batch-scheduler.speculative.max-concurrent-executions
    jobmanager.adaptive-scheduler.min-parallelism-increase
    jobmanager.adaptive-scheduler.rescale-trigger.max-checkpoint-failures jobmanager.execution.attempts-history-size
    jobmanager.future-pool.size jobmanager.heap.mb jobmanager.io-pool.size jobmanager.rpc.bind-port
    jobmanager.rpc.port jobmanager.web.backpressure.cleanup-interval
    jobmanager.web.backpressure.delay-between-samples jobmanager.web.backpressure.num-samples
    jobmanager.web.backpressure.refresh-interval jobmanager.web.checkpoints.history jobmanager.web.history
    jobstore.cache-size jobstore.expiration-time jobstore.max-capacity library-cache-manager.cleanup.interval
    local.number-resourcemanager local.number-taskmanager metrics.internal.query-service.thread-priority
    metrics.latency.history-size minicluster.number-of-taskmanagers parallelism.default
    pekko.client-socket-worker-pool.pool-size-max pekko.client-socket-worker-pool.pool-size-min
    pekko.fork-join-executor.parallelism-max pekko.fork-join-executor.parallelism-min
    pekko.remote-fork-join-executor.parallelism-max pekko.remote-fork-join-executor.parallelism-min
    pekko.retry-gate-closed-for pekko.server-socket-worker-pool.pool-size-max
    pekko.server-socket-worker-pool.pool-size-min pekko.throughput pipeline.max-parallelism
    query.client.network-threads query.proxy.network-threads query.proxy.query-threads query.server.network-threads
    query.server.query-threads queryable-state.client.network-threads queryable-state.proxy.network-threads
    queryable-state.proxy.query-threads queryable-state.server.network-threads queryable-state.server.query-threads
    recovery.zookeeper.client.max-retry-attempts resourcemanager.rpc.port rest.cache.checkpoint-statistics.size
    rest.client.max-content-length rest.flamegraph.num-samples rest.flamegraph.stack-depth
    rest.profiling.history-size rest.retry.max-attempts rest.server.max-content-length rest.server.numThreads
    rest.server.thread-priority restart-strategy.exponential-delay.attempts-before-reset-backoff
    restart-strategy.failure-rate.max-failures-per-interval restart-strategy.fixed-delay.attempts
    security.ssl.close-notify-flush-timeout security.ssl.handshake-timeout
    security.ssl.internal.close-notify-flush-timeout security.ssl.internal.handshake-timeout
    security.ssl.internal.session-cache-size security.ssl.internal.session-timeout security.ssl.session-cache-size
    security.ssl.session-timeout sink.batch.max-size sink.committer.retries sink.flush-buffer.size
    sink.flush-buffer.timeout sink.requests.max-buffered sink.requests.max-inflight slotmanager.number-of-slots.max
    slotmanager.number-of-slots.min slotmanager.redundant-taskmanager-num source.reader.close.timeout
    source.reader.element.queue.capacity state.backend.changelog.max-failures-allowed
    state.backend.forst.cache.lru.access-before-promote state.backend.forst.cache.lru.promote-limit
    state.backend.forst.compaction.filter.query-time-after-num-entries
    state.backend.forst.executor.read-io-parallelism state.backend.forst.executor.write-io-parallelism
    state.backend.forst.files.open state.backend.forst.log.file-num state.backend.forst.thread.num
    state.backend.forst.timer-service.cache-size state.backend.forst.writebuffer.count
    state.backend.forst.writebuffer.number-to-merge state.backend.fs.write-buffer-size
    state.backend.latency-track.history-size state.backend.latency-track.sample-interval
    state.backend.rocksdb.checkpoint.transfer.thread.num
    state.backend.rocksdb.compaction.filter.query-time-after-num-entries state.backend.rocksdb.files.open
    state.backend.rocksdb.log.file-num state.backend.rocksdb.manual-compaction.max-auto-compactions
    state.backend.rocksdb.manual-compaction.max-files-to-compact
    state.backend.rocksdb.manual-compaction.max-parallel-compactions
    state.backend.rocksdb.manual-compaction.min-files-to-compact state.backend.rocksdb.thread.num
    state.backend.rocksdb.timer-service.cache-size state.backend.rocksdb.writebuffer.count
    state.backend.rocksdb.writebuffer.number-to-merge state.changelog.dstl.dfs.discard.num-threads
    state.changelog.dstl.dfs.upload.max-attempts state.changelog.dstl.dfs.upload.num-threads
    state.changelog.max-failures-allowed state.checkpoints.num-retained state.latency-track.history-size
    state.latency-track.sample-interval state.size-track.history-size state.size-track.sample-interval
    state.storage.fs.write-buffer-size taskmanager.collect-sink.port taskmanager.data.port taskmanager.heap.mb
    taskmanager.net.client.connectTimeoutSec taskmanager.net.client.numThreads taskmanager.net.num-arenas
    taskmanager.net.request-backoff.initial taskmanager.net.request-backoff.max
    taskmanager.net.sendReceiveBufferSize taskmanager.net.server.backlog taskmanager.net.server.numThreads
    taskmanager.network.hybrid-shuffle.num-retained-in-memory-regions-max
    taskmanager.network.hybrid-shuffle.spill-index-region-group-size
    taskmanager.network.hybrid-shuffle.spill-index-segment-size taskmanager.network.max-num-tcp-connections
    taskmanager.network.memory.buffer-debloat.samples
    taskmanager.network.memory.buffer-debloat.threshold-percentages taskmanager.network.memory.buffers-per-channel
    taskmanager.network.memory.floating-buffers-per-gate taskmanager.network.memory.max-buffers-per-channel
    taskmanager.network.memory.max-overdraft-buffers-per-gate
    taskmanager.network.memory.read-buffer.required-per-gate.max taskmanager.network.netty.client.connectTimeoutSec
    taskmanager.network.netty.client.numThreads taskmanager.network.netty.client.tcp.keepCount
    taskmanager.network.netty.client.tcp.keepIdleSec taskmanager.network.netty.client.tcp.keepIntervalSec
    taskmanager.network.netty.num-arenas taskmanager.network.netty.sendReceiveBufferSize
    taskmanager.network.netty.server.backlog taskmanager.network.netty.server.numThreads
    taskmanager.network.numberOfBuffers taskmanager.network.request-backoff.initial
    taskmanager.network.request-backoff.max taskmanager.network.retries taskmanager.network.sort-shuffle.min-buffers
    taskmanager.network.sort-shuffle.min-parallelism taskmanager.numberOfTaskSlots taskmanager.rpc.bind-port
    taskmanager.runtime.max-fan web.backpressure.cleanup-interval web.backpressure.delay-between-samples
    web.backpressure.num-samples web.backpressure.refresh-interval web.checkpoints.history
    web.exception-history-size web.history yarn.application-attempt-failures-validity-interval
    yarn.application-attempts yarn.application.priority yarn.appmaster.vcores yarn.containers.vcores
    yarn.file-replication yarn.heartbeat-delay yarn.heartbeat.interval
  `,
  number: `
    execution.checkpointing.file-merging.max-space-amplification jobmanager.memory.jvm-overhead.fraction
    pekko.client-socket-worker-pool.pool-size-factor pekko.fork-join-executor.parallelism-factor
    pekko.remote-fork-join-executor.parallelism-factor pekko.server-socket-worker-pool.pool-size-factor
    resourcemanager.start-worker.max-failure-rate restart-strategy.exponential-delay.backoff-multiplier
    restart-strategy.exponential-delay.jitter-factor security.delegation.tokens.renewal.time-ratio
    security.kerberos.tokens.renewal.time-ratio slotmanager.max-total-resource.cpu
    slotmanager.min-total-resource.cpu slow-task-detector.execution-time.baseline-multiplier
    slow-task-detector.execution-time.baseline-ratio state.backend.forst.bloom-filter.bits-per-key
    state.backend.forst.memory.high-prio-pool-ratio state.backend.forst.memory.write-buffer-ratio
    state.backend.forst.restore-overlap-fraction-threshold state.backend.rocksdb.bloom-filter.bits-per-key
    state.backend.rocksdb.memory.high-prio-pool-ratio state.backend.rocksdb.memory.write-buffer-ratio
    state.backend.rocksdb.restore-overlap-fraction-threshold taskmanager.cpu.cores
    taskmanager.memory.jvm-overhead.fraction taskmanager.memory.managed.fraction taskmanager.memory.network.fraction
    taskmanager.network.memory.fraction taskmanager.runtime.sort-spilling-threshold
  `,
  duration: `
    cleanup-strategy.exponential-delay.initial-backoff cleanup-strategy.exponential-delay.max-backoff
    cleanup-strategy.fixed-delay.delay client.heartbeat.interval client.heartbeat.timeout client.retry-period
    client.timeout cluster.registration.error-delay cluster.registration.initial-timeout
    cluster.registration.max-timeout cluster.registration.refused-registration-delay
    cluster.services.shutdown-timeout dstl.dfs.batch.persist-delay dstl.dfs.download.local-cache.idle-timeout-ms
    dstl.dfs.upload.next-attempt-delay dstl.dfs.upload.timeout
    execution.batch.job-recovery.previous-worker.recovery.timeout execution.batch.job-recovery.snapshot.min-pause
    execution.batch.speculative.block-slow-node-duration execution.buffer-timeout execution.buffer-timeout.interval
    execution.checkpointing.aligned-checkpoint-timeout execution.checkpointing.alignment-timeout
    execution.checkpointing.interval execution.checkpointing.interval-during-backlog
    execution.checkpointing.min-pause execution.checkpointing.timeout heartbeat.interval heartbeat.timeout
    high-availability.kubernetes.leader-election.lease-duration
    high-availability.kubernetes.leader-election.renew-deadline
    high-availability.kubernetes.leader-election.retry-period high-availability.zookeeper.client.connection-timeout
    high-availability.zookeeper.client.max-close-wait high-availability.zookeeper.client.retry-wait
    high-availability.zookeeper.client.session-timeout historyserver.archive.fs.refresh-interval
    historyserver.web.refresh-interval interval job-event.store.write-buffer.flush-interval
    jobmanager.adaptive-batch-scheduler.speculative.block-slow-node-duration
    jobmanager.adaptive-scheduler.executing.cooldown-after-rescaling
    jobmanager.adaptive-scheduler.executing.resource-stabilization-timeout
    jobmanager.adaptive-scheduler.rescale-trigger.max-delay
    jobmanager.adaptive-scheduler.resource-stabilization-timeout jobmanager.adaptive-scheduler.resource-wait-timeout
    jobmanager.adaptive-scheduler.scaling-interval.max jobmanager.adaptive-scheduler.scaling-interval.min
    jobmanager.adaptive-scheduler.submission.resource-stabilization-timeout
    jobmanager.adaptive-scheduler.submission.resource-wait-timeout jobmanager.web.refresh-interval
    metrics.fetcher.update-interval metrics.latency.interval metrics.system-resource-probing-interval
    pekko.startup-timeout pekko.tcp.timeout pipeline.auto-watermark-interval
    recovery.zookeeper.client.connection-timeout recovery.zookeeper.client.retry-wait
    recovery.zookeeper.client.session-timeout resourcemanager.job.timeout
    resourcemanager.previous-worker.recovery.timeout resourcemanager.standalone.start-up-time
    resourcemanager.start-worker.retry-interval resourcemanager.taskmanager-registration.timeout
    resourcemanager.taskmanager-timeout rest.async.store-duration rest.await-leader-timeout
    rest.cache.checkpoint-statistics.timeout rest.connection-timeout rest.flamegraph.cleanup-interval
    rest.flamegraph.delay-between-samples rest.flamegraph.refresh-interval rest.idleness-timeout
    rest.profiling.duration-max rest.retry.delay restart-strategy.exponential-delay.initial-backoff
    restart-strategy.exponential-delay.max-backoff restart-strategy.exponential-delay.reset-backoff-threshold
    restart-strategy.failure-rate.delay restart-strategy.failure-rate.failure-rate-interval
    restart-strategy.fixed-delay.delay security.delegation.tokens.renewal.retry.backoff
    security.kerberos.relogin.period security.kerberos.tokens.renewal.retry.backoff slot.idle.timeout
    slot.request.max-interval slot.request.timeout slotmanager.declare-needed-resource.delay
    slotmanager.requirement-check.delay slow-task-detector.check-interval
    slow-task-detector.execution-time.baseline-lower-bound state.backend.changelog.periodic-materialize.interval
    state.backend.forst.compaction.filter.periodic-compaction-time
    state.backend.rocksdb.compaction.filter.periodic-compaction-time
    state.backend.rocksdb.manual-compaction.min-interval state.changelog.dstl.dfs.batch.persist-delay
    state.changelog.dstl.dfs.download.local-cache.idle-timeout-ms state.changelog.dstl.dfs.upload.next-attempt-delay
    state.changelog.dstl.dfs.upload.timeout state.changelog.periodic-materialize.interval task.cancellation-interval
    task.cancellation.interval task.cancellation.timeout task.cancellation.timers.timeout
    taskmanager.debug.memory.log-interval taskmanager.debug.memory.logIntervalMs
    taskmanager.initial-registration-pause taskmanager.max-registration-pause taskmanager.maxRegistrationDuration
    taskmanager.network.memory.buffer-debloat.period taskmanager.network.memory.buffer-debloat.target
    taskmanager.network.memory.buffers-request-timeout taskmanager.network.partition-request-timeout
    taskmanager.refused-registration-pause taskmanager.registration.initial-backoff
    taskmanager.registration.max-backoff taskmanager.registration.refused-backoff taskmanager.registration.timeout
    taskmanager.runtime.fs-timeout taskmanager.runtime.fs_timeout taskmanager.slot.timeout
    timerservice.exceptional.shutdown.timeout web.refresh-interval web.timeout
    yarn.heartbeat.container-request-interval
  `,
  memory: `
    dstl.dfs.batch.persist-size-threshold dstl.dfs.preemptive-persist-threshold dstl.dfs.upload.buffer-size
    dstl.dfs.upload.max-in-flight execution.batch.adaptive.auto-parallelism.avg-data-volume-per-task
    execution.checkpointing.data-inline-threshold execution.checkpointing.file-merging.max-file-size
    execution.sort-keyed-partition.memory execution.sort-partition.memory execution.sorted-inputs.memory
    job-event.store.write-buffer.size jobmanager.adaptive-batch-scheduler.avg-data-volume-per-task
    jobmanager.heap.size jobmanager.memory.flink.size jobmanager.memory.heap.size
    jobmanager.memory.jvm-metaspace.size jobmanager.memory.jvm-overhead.max jobmanager.memory.jvm-overhead.min
    jobmanager.memory.off-heap.size jobmanager.memory.process.size slotmanager.max-total-resource.memory
    slotmanager.min-total-resource.memory state.backend.forst.block.blocksize state.backend.forst.block.cache-size
    state.backend.forst.block.metadata-blocksize state.backend.forst.cache.reserve-size
    state.backend.forst.cache.size-based-limit state.backend.forst.compaction.level.max-size-level-base
    state.backend.forst.compaction.level.target-file-size-base state.backend.forst.log.max-file-size
    state.backend.forst.memory.fixed-per-slot state.backend.forst.memory.fixed-per-tm
    state.backend.forst.write-batch-size state.backend.forst.writebuffer.size state.backend.fs.memory-threshold
    state.backend.rocksdb.block.blocksize state.backend.rocksdb.block.cache-size
    state.backend.rocksdb.block.metadata-blocksize state.backend.rocksdb.compaction.level.max-size-level-base
    state.backend.rocksdb.compaction.level.target-file-size-base state.backend.rocksdb.log.max-file-size
    state.backend.rocksdb.manual-compaction.max-file-size-to-compact
    state.backend.rocksdb.manual-compaction.max-output-file-size state.backend.rocksdb.memory.fixed-per-slot
    state.backend.rocksdb.memory.fixed-per-tm state.backend.rocksdb.write-batch-size
    state.backend.rocksdb.writebuffer.size state.changelog.dstl.dfs.batch.persist-size-threshold
    state.changelog.dstl.dfs.preemptive-persist-threshold state.changelog.dstl.dfs.upload.buffer-size
    state.changelog.dstl.dfs.upload.max-in-flight state.storage.fs.memory-threshold taskmanager.heap.size
    taskmanager.memory.flink.size taskmanager.memory.framework.heap.size
    taskmanager.memory.framework.off-heap.batch-shuffle.size taskmanager.memory.framework.off-heap.size
    taskmanager.memory.jvm-metaspace.size taskmanager.memory.jvm-overhead.max taskmanager.memory.jvm-overhead.min
    taskmanager.memory.managed.size taskmanager.memory.min-segment-size taskmanager.memory.network.max
    taskmanager.memory.network.min taskmanager.memory.process.size taskmanager.memory.segment-size
    taskmanager.memory.size taskmanager.memory.starting-segment-size taskmanager.memory.task.heap.size
    taskmanager.memory.task.off-heap.size taskmanager.system-out.log.cache-upper-size
  `,
};

/** The type of each option that is a plain value. */
export const SCALAR_TYPES: ReadonlyMap<string, ScalarType> = new Map(
  (Object.entries(KEYS) as readonly (readonly [ScalarType, string])[]) // keys of a literal table
    .flatMap(([type, keys]) =>
      keys
        .trim()
        .split(/\s+/)
        .map((key) => [key, type] as const),
    ),
);

/** Options with a fixed set of values, which Flink compares without regard to case (`ConfigurationUtils.convertToEnum`). */
const ENUMS: Readonly<Record<string, readonly string[]>> = {
  'cluster.intercept-user-system-exit': ['DISABLED', 'LOG', 'THROW'],
  'cluster.uncaught-exception-handling': ['LOG', 'FAIL'],
  'execution.batch-shuffle-mode': [
    'ALL_EXCHANGES_PIPELINED',
    'ALL_EXCHANGES_BLOCKING',
    'ALL_EXCHANGES_HYBRID_FULL',
    'ALL_EXCHANGES_HYBRID_SELECTIVE',
  ],
  'execution.checkpointing.externalized-checkpoint-retention': [
    'DELETE_ON_CANCELLATION',
    'RETAIN_ON_CANCELLATION',
    'NO_EXTERNALIZED_CHECKPOINTS',
  ],
  'execution.checkpointing.mode': ['EXACTLY_ONCE', 'AT_LEAST_ONCE'],
  'execution.runtime-mode': ['STREAMING', 'BATCH', 'AUTOMATIC'],
  'execution.savepoint-restore-mode': ['CLAIM', 'NO_CLAIM', 'LEGACY'],
  'execution.state-recovery.claim-mode': ['CLAIM', 'NO_CLAIM', 'LEGACY'],
  'jobmanager.partition.hybrid.partition-data-consume-constraint': [
    'ALL_PRODUCERS_FINISHED',
    'ONLY_FINISHED_PRODUCERS',
    'UNFINISHED_PRODUCERS',
  ],
  'jobmanager.scheduler': ['Ng', 'Default', 'Adaptive', 'AdaptiveBatch'],
  'jobstore.type': ['File', 'Memory'],
  'pipeline.closure-cleaner-level': ['NONE', 'TOP_LEVEL', 'RECURSIVE'],
  'pipeline.time-characteristic': ['ProcessingTime', 'IngestionTime', 'EventTime'],
  'pipeline.vertex-description-mode': ['TREE', 'CASCADING'],
  'scheduler-mode': ['REACTIVE'],
  'state.backend.forst.compaction.style': ['LEVEL', 'UNIVERSAL', 'FIFO', 'NONE'],
  'state.backend.forst.log.level': [
    'DEBUG_LEVEL',
    'INFO_LEVEL',
    'WARN_LEVEL',
    'ERROR_LEVEL',
    'FATAL_LEVEL',
    'HEADER_LEVEL',
    'NUM_INFO_LOG_LEVELS',
  ],
  'state.backend.forst.timer-service.factory': ['HEAP', 'ForStDB'],
  'state.backend.rocksdb.compaction.style': ['LEVEL', 'UNIVERSAL', 'FIFO', 'NONE'],
  'state.backend.rocksdb.log.level': [
    'DEBUG_LEVEL',
    'INFO_LEVEL',
    'WARN_LEVEL',
    'ERROR_LEVEL',
    'FATAL_LEVEL',
    'HEADER_LEVEL',
    'NUM_INFO_LOG_LEVELS',
  ],
  'state.backend.rocksdb.timer-service.factory': ['HEAP', 'ROCKSDB'],
  'taskmanager.load-balance.mode': ['NONE', 'SLOTS', 'MIN_RESOURCES'],
  'taskmanager.network.compression.codec': ['NONE', 'LZ4', 'LZO', 'ZSTD'],
  'taskmanager.system-out.mode': ['DEFAULT', 'LOG', 'IGNORE'],
  'yarn.classpath.include-user-jar': ['DISABLED', 'FIRST', 'LAST', 'ORDER'],
  'yarn.per-job-cluster.include-user-jar': ['DISABLED', 'FIRST', 'LAST', 'ORDER'],
};

/**
 * Options of type text that take a name out of a set (`StateBackendLoader`, `RestartStrategyOptions`, `HighAvailabilityMode`,
 * `FailoverStrategyFactoryLoader`; the levels of log4j).
 */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  'state.backend.type': ['hashmap', 'rocksdb', 'forst', 'filesystem', 'jobmanager'],
  'restart-strategy.type': [
    'fixed-delay',
    'fixeddelay',
    'failure-rate',
    'failurerate',
    'exponential-delay',
    'exponentialdelay',
    'none',
    'off',
    'disable',
  ],
  'high-availability.type': ['NONE', 'zookeeper', 'kubernetes'],
  'jobmanager.execution.failover-strategy': ['region', 'full'],
  'env.log.level': ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL', 'OFF', 'ALL'],
};
/** The values of each option that takes one out of a set. */
export const VALUE_SETS: ReadonlyMap<string, readonly string[]> = new Map(Object.entries({ ...ENUMS, ...NAMES }));

/** Options that take the full name of a class too. */
export const TAKES_CLASS: ReadonlySet<string> = new Set([
  'state.backend.type',
  'restart-strategy.type',
  'high-availability.type',
]);
