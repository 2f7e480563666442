/** `direct` through Sluice from end to end: a deploy of a job that was never seen, asked of the API. */
import { setTimeout as sleep } from 'node:timers/promises';
import { API_PREFIX, type JobBody, type OperationBody, type ProblemBody } from '../../src/api/contract.ts';
import { jobTagOf } from '../../src/domain/identity.ts';
import type { OperationRecord } from '../../src/domain/operation.ts';
import type { Contender } from './contender.ts';
import type { Workload } from './workload.ts';

const ENDS_WITHIN_MS = 180_000;

/** @param api the address of Sluice's API. */
export function directContender(api: string, workload: Workload): Contender {
  const base = api + API_PREFIX;
  return {
    name: 'direct',
    description: 'POST /jobs/…/operations of a job that was never seen; Sluice with its launcher direct',
    start(run) {
      const requestedAt = Date.now();
      const deploying = ask(base, run, { kind: 'deploy', release: workload.release, actor: 'bench' });
      // Watched from the first moment; a deploy that goes well never settles this.
      const failed = deploying.then((deploy) => followToFailure(base, deploy));
      failed.catch(() => undefined);
      return {
        requestedAt,
        filter: { tags: [jobTagOf(run)] },
        failed,
        async end() {
          const deploy = await deploying;
          await ended(base, deploy);
          const job = (await get(base, `/jobs/${run}`)) as JobBody; // the API's own shape
          if (job.state === 'running') await ended(base, await ask(base, run, { kind: 'kill', actor: 'bench' }));
        },
      };
    },
  };
}

async function followToFailure(base: string, deploy: OperationRecord): Promise<never> {
  const { outcome, error } = await ended(base, deploy);
  if (outcome === 'succeeded') return await new Promise<never>(() => undefined);
  throw new Error(`Sluice's deploy of ${deploy.job} ended ${outcome ?? ''}: ${error?.detail ?? 'no reason recorded'}`);
}

async function ended(base: string, { job, id }: OperationRecord): Promise<OperationRecord> {
  const until = Date.now() + ENDS_WITHIN_MS;
  for (;;) {
    const { operation } = (await get(base, `/jobs/${job}/operations/${id}`)) as OperationBody; // the API's own shape
    if (operation.outcome !== null) return operation;
    if (Date.now() > until) throw new Error(`operation ${id} of ${job} did not end within ${ENDS_WITHIN_MS / 1000} s`);
    await sleep(500);
  }
}

async function ask(base: string, job: string, body: Record<string, unknown>): Promise<OperationRecord> {
  const response = await fetch(`${base}/jobs/${job}/operations`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  });
  return ((await answerOf(response)) as OperationBody).operation;
}

const get = async (base: string, path: string): Promise<unknown> =>
  await answerOf(await fetch(base + path, { signal: AbortSignal.timeout(20_000) }));

async function answerOf(response: Response): Promise<unknown> {
  const body: unknown = await response.json();
  if (response.ok) return body;
  const { code, detail } = body as ProblemBody; // every refusal of the API has this shape
  throw new Error(`Sluice's API refused (${response.status} ${code}): ${detail}`);
}
