// Runs Sluice's own two processes, the worker and the API.
import type { Stack } from '../stack.ts';
import type { BucketRole } from '../../src/domain/access/bucket-rights.ts';
import { s3As } from './bucket-users.ts';
import type { Component, Launch } from './component.ts';

/** The worker, which runs the workflows and their activities. */
export function worker(stack: Stack, after: readonly string[]): Component {
  return {
    name: 'worker',
    after,
    ...lives(stack, 'src/worker.ts', 'worker'),
    ports: [],
    isReady: ({ logged }) => Promise.resolve(logged().includes('worker ready')),
  };
}

/** The HTTP API. */
export function api(stack: Stack, after: readonly string[]): Component {
  return {
    name: 'api',
    after,
    ...lives(stack, 'src/api/server.ts', 'api', { SLUICE_FIRST_TOKEN: stack.token }),
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

function lives(
  stack: Stack,
  script: string,
  role: BucketRole,
  environment: Readonly<Record<string, string>> = {},
): Life {
  return {
    stopOrder: 1,
    stopGraceMilliseconds: 10_000,
    readyWithinMilliseconds: 180_000,
    prepare: () => {
      const { accessKeyId, secretAccessKey } = s3As(role, stack);
      const key = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
      return launch(stack, script, { ...key, ...environment });
    },
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
      ...environment,
    },
  };
}
