/** Calls Sluice's API as any program would: by HTTP, following operations by their ids. */
import { setTimeout as sleep } from 'node:timers/promises';
import { API_PREFIX, type OperationBody, type ProblemBody } from '../../src/api/contract.ts';
import type { OperationRecord } from '../../src/domain/operation/operation.ts';

const ENDS_WITHIN_MS = 180_000;

/** The API of a running stack. */
export interface Sluice {
  readonly api: string;
  readonly token: string;
}

export async function ended(sluice: Sluice, { job, id }: OperationRecord): Promise<OperationRecord> {
  const until = Date.now() + ENDS_WITHIN_MS;
  for (;;) {
    const { operation } = (await get(sluice, `/jobs/${job}/operations/${id}`)) as OperationBody; // the API's own shape
    if (operation.outcome !== null) return operation;
    if (Date.now() > until) throw new Error(`operation ${id} of ${job} did not end within ${ENDS_WITHIN_MS / 1000} s`);
    await sleep(500);
  }
}

export async function ask(
  sluice: Sluice,
  job: string,
  body: Readonly<Record<string, unknown>>,
): Promise<OperationRecord> {
  return ((await post(sluice, `/jobs/${job}/operations`, body)) as OperationBody).operation; // the API's own shape
}

export const post = async (
  { api, token }: Sluice,
  path: string,
  body: Readonly<Record<string, unknown>>,
): Promise<unknown> =>
  await answerOf(
    await fetch(api + API_PREFIX + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    }),
  );

export const get = async ({ api, token }: Sluice, path: string): Promise<unknown> =>
  await answerOf(
    await fetch(api + API_PREFIX + path, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(20_000),
    }),
  );

async function answerOf(response: Response): Promise<unknown> {
  const body: unknown = await response.json();
  if (response.ok) return body;
  const { code, detail } = body as ProblemBody; // every refusal of the API has this shape
  throw new Error(`Sluice's API refused (${response.status} ${code}): ${detail}`);
}
