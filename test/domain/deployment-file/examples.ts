/** Deployment files that are right, for tests to break. */

/** The fewest fields. Thirteen lines; tests count on their positions. */
export const smallFile = `apiVersion: sluice/v1
kind: FlinkJob
name: clicks-dev
environment: dev
# who to ask
owner: {team: ads-streaming}
placement: {cluster: yarn-a}

flink:
  version: "1.20.1"
job:
  jar: clicks.jar
  entryClass: com.example.Clicks
`;

/** Every field, as the design shows them; `extends` is resolved before. */
export const fullFile = `# yaml-language-server: $schema=./.sluice/deployment.v1.schema.json
apiVersion: sluice/v1
kind: FlinkJob
name: clicks-prod
environment: prod
description: Deduplicated ad clicks
owner: {team: ads-streaming, contacts: ["#ads-streaming"]}
labels: {tier: "1"}
links: {runbook: "https://wiki.example.com/clicks"}
placement: {cluster: yarn-a, backups: [yarn-b]}
yarn: {queue: ads, priority: 0, nodeLabel: null, tags: []}
flink:
  version: "1.20.1"
  config: {execution.checkpointing.interval: 10s}    # nested or dotted
job:
  type: streaming             # streaming | batch | stateless
  jar: clicks.jar             # a file of the release
  entryClass: com.example.Clicks
  args: ["--topic", "clicks"]
  parallelism: 8
jobManager: {memory: 1600m, vcores: 1}               # process size
taskManager: {memory: 4g, vcores: 2, slots: 4}
upgrade:
  launcher: auto              # auto | direct | shell-runner
  stopWith: savepoint         # savepoint | checkpoint
  maxCheckpointAge: 5m
  timeouts: {savepoint: 11m, stop: 2m, start: 5m}
  verify: {checkpoints: 1, maxRestarts: 0, timeout: 3m}
  onFailedStart: rollback     # rollback | stop
recovery:
  restart: {enabled: true, maxAttempts: 5, window: 1h, backoff: {initial: 10s, max: 5m}}
  failover: {mode: manual}    # manual | automatic
savepoints: {every: 24h, keep: {count: 7, maxAge: 30d}}
hotfix: {maxAge: 7d, onExpiry: remind}               # remind | revert
autoDeploy: {enabled: false, windows: []}
`;
