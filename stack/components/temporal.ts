// Runs Temporal's development server on a file, tuned for a laptop.
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Component } from './component.ts';
import type { Stack } from '../stack.ts';

/** Search attributes of Sluice's workflows. An unregistered attribute fails workflow tasks for ever. */
const SEARCH_ATTRIBUTES = [
  'FlinkJobName=Keyword',
  'FlinkJobState=Keyword',
  'FlinkEnvironment=Keyword',
  'FlinkCluster=Keyword',
  'FlinkOwner=Keyword',
  'FlinkRelease=Keyword',
  'FlinkOperation=Keyword',
  'FlinkJobHealth=Keyword',
  'FlinkChangedAt=Datetime',
] as const;

/**
 * Settings of a server with little load. With the throttles that Temporal has by default a flow of six activities takes four
 * times as long. A single partition saves a task the way from one partition to the one with pollers.
 */
export const TEMPORAL_TUNING = [
  'history.transferProcessorMaxPollRPS=1000',
  'history.timerProcessorMaxPollRPS=1000',
  'history.visibilityProcessorMaxPollRPS=1000',
  'matching.numTaskqueueReadPartitions=1',
  'matching.numTaskqueueWritePartitions=1',
].flatMap((value) => ['--dynamic-config-value', value]);

/** Ports of Temporal. */
export const TEMPORAL_PORTS = ['temporal', 'temporal-ui', 'temporal-http', 'temporal-metrics'] as const;

/** The Temporal server. */
export function temporal(stack: Stack): Component {
  const port = stack.port('temporal');
  return {
    name: 'temporal',
    after: [],
    stopOrder: 3,
    stopGraceMilliseconds: 8_000,
    readyWithinMilliseconds: 60_000,
    ports: TEMPORAL_PORTS,
    prepare: () => {
      const directory = stack.files.data('temporal');
      mkdirSync(directory, { recursive: true });
      const args = [
        ...['server', 'start-dev', '--ip', '127.0.0.1', '--ui-ip', '127.0.0.1', '--log-level', 'warn'],
        ...['--db-filename', join(directory, 'temporal.db'), '--port', String(port)],
        ...['--ui-port', String(stack.port('temporal-ui')), '--http-port', String(stack.port('temporal-http'))],
        ...['--metrics-port', String(stack.port('temporal-metrics'))],
        ...['journal_mode=WAL', 'synchronous=NORMAL'].flatMap((pragma) => ['--sqlite-pragma', pragma]),
        ...SEARCH_ATTRIBUTES.flatMap((attribute) => ['--search-attribute', attribute]),
        ...TEMPORAL_TUNING,
        ...(stack.settings.defaultUpdateLimit ? [] : ['--dynamic-config-value', 'history.maxInFlightUpdates=200']),
      ];
      return { command: stack.tools.temporalCli, args, environment: stack.environment };
    },
    isReady: async () => {
      if (!(await accepts(port))) return false;
      // The update succeeds only once the server serves, so it is the readiness check too. The default retention of a
      // day is too short, because a job's history is its audit log.
      const update = ['operator', 'namespace', 'update', '--namespace', 'default', '--retention', '30d'];
      const args = [...update, '--address', `127.0.0.1:${port}`, '--command-timeout', '5s'];
      try {
        await promisify(execFile)(stack.tools.temporalCli, args, { env: stack.environment });
        return true;
      } catch {
        return false;
      }
    },
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ port, host: '127.0.0.1' });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
