/** Runs a real Temporal for the bench, in memory, and reads its counters. */
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { prepareCache } from '../../stack/cache/cached-tools.ts';
import { choosePorts } from '../../stack/layout/ports.ts';

export interface BenchTemporal {
  readonly environment: TestWorkflowEnvironment;
  /** Returns the actions since the server started, by kind such as `grpc_RecordActivityTaskHeartbeat`. */
  actions(): Promise<ReadonlyMap<string, number>>;
}

/**
 * Matches the server's own counter `action`, which Temporal Cloud bills. It counts calls that change something
 * (heartbeats and queries among them) and commands of workflows.
 */
const COUNTER = /^action\{([^}]*)\} (\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/;

export async function startTemporal(): Promise<BenchTemporal> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const { temporalCli } = await prepareCache();
  const { metrics: metricsPort } = await choosePorts({}, ['metrics'], { replaceIfTaken: new Set() });
  const environment = await TestWorkflowEnvironment.createLocal({
    server: {
      executable: { type: 'existing-path', path: temporalCli },
      extraArgs: ['--metrics-port', String(metricsPort)],
      log: { format: 'pretty', level: 'error' },
    },
  });
  return {
    environment,
    async actions() {
      const page = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
      const counts = new Map<string, number>();
      for (const line of page.split('\n')) {
        const [, labels, value] = COUNTER.exec(line) ?? [];
        const kind = labels && /action_type="([^"]*)"/.exec(labels)?.[1];
        if (kind) counts.set(kind, (counts.get(kind) ?? 0) + Number(value));
      }
      return counts;
    },
  };
}
