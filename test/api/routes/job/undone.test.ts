/**
 * A history tells which operation a rollback or revertHotfix took back, and which one took an operation back.
 *
 * Seen to fail: with a deploy taken for the operation that took a hotfix back.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { OperationItem } from '../../../../src/api/contract.ts';
import { auditKey, deploymentKey } from '../../../../src/domain/identity/storage-keys.ts';
import { deployment } from '../../../support/deployment.ts';
import { recordOf } from '../../fake-gateway.ts';
import { startApp, type App } from '../../start-app.ts';

const JOB = 'clicks-dev';
const told = [
  ['first', 'deploy', 'succeeded', null],
  ['second', 'deploy', 'succeeded', null],
  ['back', 'rollback', 'succeeded', null],
  ['fix', 'hotfix', 'succeeded', 'fix'],
  ['third', 'deploy', 'succeeded', 'fix'],
  ['revert', 'revertHotfix', 'succeeded', null],
  ['vain', 'rollback', 'failed', null],
] as const;
let app: App;

beforeAll(async () => {
  app = await startApp();
  app.gateway.put(JOB, { state: 'running' });
  for (const [index, [id, kind, outcome, hotfixOf]] of told.entries()) {
    const endedAt = `2026-01-01T00:00:0${index}.000Z`;
    const values = { set: {}, unset: [], declared: {}, actor: 'ann', reason: null };
    const times = { at: endedAt, expiresAt: endedAt, onExpiry: 'remind' };
    const hotfix = hotfixOf === null ? null : { ...values, ...times, operationId: hotfixOf };
    const made = { ...deployment, number: index + 1, operationId: id, hotfix };
    await app.s3.put(deploymentKey(JOB, made.number), JSON.stringify(made));
    const record = recordOf({ job: JOB, kind, request: { id }, start: false, sender: { door: 'api', actor: 'ann' } });
    await app.s3.put(auditKey(JOB, endedAt, id), JSON.stringify({ ...record, endedAt, outcome }));
  }
});
afterAll(async () => await app.stop());

const history = async (): Promise<readonly OperationItem[]> => {
  const { body } = await app.send(`/api/v1/jobs/${JOB}/operations`);
  return body.items as unknown as readonly OperationItem[]; // items of this list
};
const undone = ({ id, undoes, undoneBy }: OperationItem) => [id, undoes, undoneBy];

it('names the operation that was taken back at both of them', async () => {
  expect((await history()).map(undone)).toEqual([
    ['vain', null, null],
    ['revert', 'fix', null],
    ['third', null, null],
    ['fix', null, 'revert'],
    ['back', 'second', null],
    ['second', null, 'back'],
    ['first', null, null],
  ]);
});

it('leaves that out where a deployment cannot be read', async () => {
  await app.s3.put(deploymentKey(JOB, 2), 'no JSON');
  for (const one of await history()) expect(one).not.toHaveProperty('undoes');
});
