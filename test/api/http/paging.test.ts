import { expect, it } from 'vitest';
import { releaseKey } from '../../../src/domain/identity/storage-keys.ts';
import { startApp } from '../start-app.ts';

it('a cursor names its list, and every other list refuses it', async () => {
  const app = await startApp();
  for (const job of ['a-dev', 'b-dev', 'c-dev']) {
    app.gateway.put(job, { state: 'running' });
    for (const id of ['one', 'two']) {
      await app.operate(job, { kind: 'savepoint', id });
      app.gateway.end(job);
    }
  }
  for (const version of ['1', '2']) await app.s3.put(releaseKey('clicks', version), '{}');
  const lists = ['/jobs', '/jobs/a-dev/operations', '/jobs/b-dev/operations'];
  const others = ['/operations', '/releases', '/releases/clicks', '/jobs/a-dev/deployments', '/jobs/a-dev/logs'];
  for (const list of lists) {
    const { nextCursor } = (await app.send(`/api/v1${list}?limit=1`)).body;
    expect(nextCursor, list).not.toBeNull();
    for (const other of [...lists, ...others]) {
      const { status, body } = await app.send(`/api/v1${other}?limit=1&cursor=${nextCursor ?? ''}`);
      if (other === list) expect([list, status]).toEqual([list, 200]);
      else expect([list, other, status, body.code]).toEqual([list, other, 422, 'InvalidRequest']);
    }
  }
  await app.stop();
});
