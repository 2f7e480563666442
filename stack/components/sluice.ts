// Runs Sluice's own two processes, the worker and the API.
import type { Stack } from '../stack.ts';
import type { Component, Launch } from './component.ts';

/** The worker, which runs the workflows and their activities. */
export function worker(stack: Stack, after: readonly string[]): Component {
  return {
    name: 'worker',
    after,
    ...lives(stack, 'src/worker.ts'),
    ports: [],
    isReady: ({ logged }) => Promise.resolve(logged().includes('worker ready')),
  };
}

/** The HTTP API. */
export function api(stack: Stack, after: readonly string[]): Component {
  return {
    name: 'api',
    after,
    ...lives(stack, 'src/api/server.ts', { SLUICE_FIRST_TOKEN: stack.token }),
    ports: ['api'],
    isReady: async ({ signal }) => {
      try {
        const url = `http://127.0.0.1:${stack.port('api')}/api/v1/healthz`;
        return (await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(2_000)]) })).status === 200;
      } catch {
        return false;
      }
    },
  };
}

type Life = Pick<Component, 'stopOrder' | 'stopGraceMilliseconds' | 'readyWithinMilliseconds' | 'prepare'>;

function lives(stack: Stack, script: string, environment: Readonly<Record<string, string>> = {}): Life {
  return {
    stopOrder: 1,
    stopGraceMilliseconds: 10_000,
    readyWithinMilliseconds: 180_000,
    prepare: () => launch(stack, script, environment),
  };
}

function launch(stack: Stack, script: string, environment: Readonly<Record<string, string>>): Launch {
  return {
    command: process.execPath,
    args: ['--import', 'tsx', script],
    directory: stack.settings.repository,
    environment: {
      ...stack.environment,
      SLUICE_CONFIG: stack.files.configuration,
      AWS_ACCESS_KEY_ID: stack.s3.accessKeyId,
      AWS_SECRET_ACCESS_KEY: stack.s3.secretAccessKey,
      ...environment,
    },
  };
}
