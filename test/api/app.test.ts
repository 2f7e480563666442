import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type App } from './start-app.ts';

let app: App;
beforeAll(async () => void (app = await startApp()));
afterAll(async () => await app.stop());

const operations = '/api/v1/jobs/clicks-dev/operations';

describe('problems', () => {
  it('have the shape of RFC 9457, an id, and no trace of the code', async () => {
    const { status, body, headers, text } = await app.send('/api/v1/jobs/clicks-dev', {
      headers: { 'x-request-id': 'abc-1' },
    });
    expect(status).toBe(404);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(headers.get('x-request-id')).toBe('abc-1');
    expect(Object.keys(body).sort()).toEqual(['code', 'detail', 'hint', 'requestId', 'status', 'title', 'type']);
    expect(body).toMatchObject({ code: 'NotFound', status: 404, requestId: 'abc-1', type: '/docs#NotFound' });
    expect(text).not.toContain('.ts:');
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('never show what is unexpected', async () => {
    const { clusters } = { clusters: '/api/v1/releases' };
    app.s3.list = () => {
      throw new Error('secret inside');
    };
    const { status, body, text } = await app.send(clusters);
    expect([status, body.code]).toEqual([500, 'Internal']);
    expect(text).not.toContain('secret inside');
    expect(app.logged.join('')).toContain('secret inside');
  });
});

describe('names of jobs', () => {
  it.each([
    ['..%2f..%2fetc', '..%2f'],
    ['%2e%2e%252f', 'double encoding'],
    ['a'.repeat(300), '300 characters'],
    ['Clicks', 'upper case'],
    ['-clicks', 'leading hyphen'],
    ['clicks%00', 'NUL'],
    ['clicks%0aX: y', 'newline'],
    ['clicks%E2%80%8B', 'zero width'],
    ['con..', 'dots'],
    ['__proto__', 'prototype'],
  ])('%s is refused', async (name) => {
    for (const path of [`/api/v1/jobs/${name}`, `/api/v1/jobs/${name}/restore-points`]) {
      const { status, body } = await app.send(path);
      expect([status, body.code], path).toEqual([422, 'InvalidJobName']);
    }
    const { status, body } = await app.post(`/api/v1/jobs/${name}/operations`, { kind: 'savepoint' });
    expect([status, body.code]).toEqual([422, 'InvalidJobName']);
    expect(app.gateway.submitted).toHaveLength(0);
  });

  it('with a broken encoding are refused', async () => {
    const { status, body } = await app.send('/api/v1/jobs/%zz');
    expect([status, body.code]).toEqual([422, 'InvalidRequest']);
  });
});

describe('bodies', () => {
  it('of 10 MB are refused', async () => {
    const { status, body } = await app.post(
      operations,
      JSON.stringify({ kind: 'deploy', reason: 'x'.repeat(10_000_000) }),
    );
    expect([status, body.code]).toEqual([413, 'PayloadTooLarge']);
    expect(app.gateway.submitted).toHaveLength(0);
  });

  it('of 10 MB without a length are refused', async () => {
    const chunk = new TextEncoder().encode('x'.repeat(100_000));
    let sent = 0;
    const stream = new ReadableStream({
      pull(controller) {
        sent += 1;
        if (sent > 100) controller.close();
        else controller.enqueue(chunk);
      },
    });
    const init = { method: 'POST', body: stream, duplex: 'half', headers: { 'content-type': 'application/json' } };
    const answered = await app.send(operations, init as RequestInit).catch(() => null);
    expect(answered === null || answered.status === 413).toBe(true);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'of type "%s" are refused',
    async (type) => {
      const { status, body } = await app.send(operations, {
        method: 'POST',
        headers: type === '' ? {} : { 'content-type': type },
        body: new TextEncoder().encode('{"kind":"savepoint"}'),
      });
      expect([status, body.code]).toEqual([415, 'UnsupportedMediaType']);
    },
  );

  it('that are compressed are refused', async () => {
    const { status, body } = await app.post(operations, '{}', { 'content-encoding': 'gzip' });
    expect([status, body.code]).toEqual([415, 'UnsupportedMediaType']);
  });

  it.each([
    ['{"kind": "deploy",\n  "release": }', 2, 14],
    ['{"kind"', 1, 8],
    ['', 1, 1],
    ['{"a": [1, {"b": "\\u12"}]}', 1, 17],
    ['{"kind": "stop"} {', 1, 18],
    ['[1, 2,]', 1, 7],
    ['kind: deploy', 1, 1],
  ])('that are not JSON are refused at their place: %j', async (text, line, column) => {
    const { status, body } = await app.post(operations, text);
    expect([status, body.code]).toEqual([422, 'Undecodable']);
    expect(body.errors).toEqual([{ path: '', line, column, message: 'is not JSON from here on' }]);
  });

  it('that name a key twice are refused by its name', async () => {
    const { status, body } = await app.post(operations, '{"kind":"savepoint","kind":"kill","force":true}');
    expect([status, body.code]).toEqual([422, 'Undecodable']);
    expect(body.detail).toContain('names the key "kind" twice: see line 1, column 21');
    expect(body.errors).toEqual([{ path: 'kind', line: 1, column: 21, message: 'names "kind" a second time' }]);
    expect(app.gateway.submitted).toHaveLength(0);
  });

  it('that are not UTF-8 are refused', async () => {
    const { body } = await app.send(operations, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: new Uint8Array([0x7b, 0xff, 0xfe]),
    });
    expect(body.code).toBe('Undecodable');
  });
});

describe('requests that fit nothing', () => {
  it('get 404, 405 with Allow, or 204 for OPTIONS', async () => {
    expect((await app.send('/api/v1/nothing')).body.code).toBe('NotFound');
    expect((await app.send('/')).status).toBe(404);
    const wrong = await app.send(operations, { method: 'DELETE' });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS, POST']);
    expect((await app.send(operations, { method: 'OPTIONS' })).status).toBe(204);
  });

  it.each([
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['limit=x', 'limit'],
    ['limit=1&limit=2', 'limit'],
    ['cursor=%20', 'cursor'],
    ['a[__proto__]=1', '__proto__'],
    ['__proto__=1', '__proto__'],
    ['state=happy', 'state'],
    ['unknown=1', 'unknown'],
  ])('a query of %s is refused', async (query, said) => {
    app.gateway.put('some-job');
    const { status, body } = await app.send(`/api/v1/jobs?${query}`);
    expect([status, body.code]).toEqual([422, 'InvalidRequest']);
    expect(body.detail).toContain(said);
  });

  it('do not bring a broken connection down', async () => {
    const { port, hostname } = new URL(app.url);
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), hostname, () => {
        socket.write(
          'POST /api/v1/jobs/a/operations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"ki',
        );
        setTimeout(() => socket.destroy(), 50);
      });
      socket.on('close', () => resolve());
    });
    expect((await app.send('/healthz')).status).toBe(200);
  });
});
