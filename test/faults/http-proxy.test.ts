/**
 * The fault proxy does what its switches say, to the requests that are meant, as often as was said.
 *
 * Seen to fail: without the comparison of paths in `matches`, every fault meets the neighbour too; without counting down,
 * none ends; when a dropped answer is taken for a dropped request, it has no effect; when the Host header is left out, the
 * upstream sees another one; when `before` and `after` are one, a request held after its effect has none.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startHttpProxy, type HttpProxy } from './http-proxy.ts';

const BODY = { answer: 'x'.repeat(100) };

/** Notes what it did, so that a test knows whether a request had its effect. */
let done: string[];
let hosts: (string | undefined)[];
let bodies: string[];
let upstream: Server;
let proxy: HttpProxy;
/** The waits of slow answers, which end when the test says so. */
let waits: { readonly ms: number; readonly end: () => void }[];

const WITHIN = { timeout: 30_000 };

const wait = (ms: number): Promise<void> =>
  ms === 0 ? Promise.resolve() : new Promise((end) => waits.push({ ms, end }));

beforeEach(async () => {
  done = [];
  hosts = [];
  bodies = [];
  waits = [];
  upstream = createServer((request, response) => {
    let body = '';
    request.on('data', (data: Buffer) => (body += data.toString()));
    request.on('end', () => {
      bodies.push(body);
      done.push(`${request.method ?? ''} ${request.url ?? ''}`);
      hosts.push(request.headers.host);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(request.method === 'HEAD' ? undefined : JSON.stringify(BODY));
    });
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  proxy = await startHttpProxy({ upstream: `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`, wait });
});

afterEach(async () => {
  await proxy.close();
  await new Promise((resolve) => upstream.close(resolve));
});

const ask = (path = '/thing', method = 'GET', body?: string): Promise<Response> =>
  fetch(proxy.url + path, { method, redirect: 'manual', ...(body === undefined ? {} : { body }) });

const works = async (path?: string): Promise<void> => {
  const response = await ask(path);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual(BODY);
};

const thing = { path: /^\/thing$/ };

describe('without a fault', () => {
  test('requests and answers go through, with the Host header as the client sent it', async () => {
    await works('/thing?a=b%2Fc');
    expect(done).toEqual(['GET /thing?a=b%2Fc']);
    expect(hosts).toEqual([proxy.address]);
    expect(proxy.faults.seen).toMatchObject([{ method: 'GET', path: '/thing' }]);
  });

  test('a body goes through, and what was sent is remembered', async () => {
    await ask('/thing', 'PUT', '{"state":"KILLED"}');
    expect(done).toEqual(['PUT /thing']);
    expect(proxy.faults.count({ method: 'PUT', body: /KILLED/ })).toBe(1);
    expect(proxy.faults.count({ method: 'PUT', body: /ALIVE/ })).toBe(0);
  });

  test('so does an answer without a body', async () => {
    expect((await ask('/thing', 'HEAD')).status).toBe(200);
  });
});

/** Each fault with how the client sees it, and whether the upstream has done what it was asked. */
const faults = [
  {
    name: 'an error status with JSON',
    on: (times?: number) => proxy.faults.answerJson(thing, 503, { error: 'not now' }, times),
    seen: async () => {
      const response = await ask();
      expect([response.status, await response.json()]).toEqual([503, { error: 'not now' }]);
    },
    hasEffect: false,
  },
  {
    name: 'an error status with HTML',
    on: (times?: number) => proxy.faults.answerHtml(thing, 502, times),
    seen: async () => {
      const response = await ask();
      expect([response.status, response.headers.get('content-type')]).toEqual([502, 'text/html']);
    },
    hasEffect: false,
  },
  {
    name: 'HTML with 200',
    on: (times?: number) => proxy.faults.answerHtml(thing, 200, times),
    seen: async () => {
      const response = await ask();
      expect(response.status).toBe(200);
      expect(await response.text()).toMatch(/^<html>/);
    },
    hasEffect: false,
  },
  {
    name: 'a redirect',
    on: (times?: number) => proxy.faults.redirect(thing, 'http://active.example.com:8088', times),
    seen: async () => {
      const response = await ask('/thing?user.name=me');
      expect(response.status).toBe(307);
      expect(response.headers.get('location')).toBe('http://active.example.com:8088/thing?user.name=me');
    },
    hasEffect: false,
  },
  {
    name: 'a dropped request',
    on: (times?: number) => proxy.faults.dropRequest(thing, times),
    seen: () => expect(ask()).rejects.toThrow('fetch failed'),
    hasEffect: false,
  },
  {
    name: 'a dropped answer',
    on: (times?: number) => proxy.faults.dropAnswerOf(thing, times),
    seen: () => expect(ask()).rejects.toThrow('fetch failed'),
    hasEffect: true,
  },
  {
    name: 'a truncated answer',
    on: (times?: number) => proxy.faults.truncate(thing, times),
    seen: async () => {
      const response = await ask();
      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toThrow('terminated');
    },
    hasEffect: true,
  },
] as const;

describe.each(faults)('$name', ({ on, seen, hasEffect }) => {
  test(`reaches the client; the upstream has ${hasEffect ? '' : 'not '}done what it was asked`, async () => {
    on();
    await seen();
    expect(done).toHaveLength(hasEffect ? 1 : 0);
  });

  test('is for so many requests as was said', async () => {
    const { met } = on(2);
    expect(met).toBe(0);
    await seen();
    await seen();
    await works();
  });

  test('lasts until it is switched off', async () => {
    const fault = on();
    for (let turn = 0; turn < 3; turn += 1) await seen();
    expect(fault.met).toBe(3);
    fault.off();
    await works();
  });

  test('leaves other requests alone', async () => {
    on();
    await works('/thing-else');
  });
});

test('a slow answer comes that much later, and adds to another fault', async () => {
  proxy.faults.slow(thing, 60);
  proxy.faults.slow(thing, 40);
  proxy.faults.answerHtml(thing, 500);
  const answer = ask();
  await vi.waitFor(() => expect(waits).toMatchObject([{ ms: 100 }]), WITHIN);
  expect(await Promise.race([answer, works('/thing-else')])).toBe(undefined);
  waits[0]!.end();
  expect((await answer).status).toBe(500);
});

test('a body is changed as often as was said, and what was sent is remembered', async () => {
  proxy.faults.changeBody({ ...thing, method: 'PUT' }, (body) => body.replace('1', '2'), 1);
  await ask('/thing-else', 'PUT', 'attempts 1');
  await ask('/thing', 'PUT', 'attempts 1');
  await ask('/thing', 'PUT', 'attempts 1');
  expect(bodies).toEqual(['attempts 1', 'attempts 2', 'attempts 1']);
  expect(proxy.faults.seen.map(({ body }) => body)).toEqual(['attempts 1', 'attempts 1', 'attempts 1']);
});

test('while the upstream is away, connections are cut', async () => {
  const away = await startHttpProxy({ upstream: 'http://127.0.0.1:1' });
  await expect(fetch(away.url)).rejects.toThrow('fetch failed');
  await away.close();
});

describe('a breakpoint', () => {
  test('before: the request has arrived, the upstream knows nothing until it is released', async () => {
    const arrived = proxy.faults.hold({ ...thing, method: 'POST' }, 'before');
    await works();
    const answer = ask('/thing', 'POST', 'hello');
    const held = await arrived;
    expect(held.request).toMatchObject({ method: 'POST', path: '/thing', body: 'hello' });
    expect(held.answer).toBeNull();
    expect(done).toEqual(['GET /thing']);
    held.release();
    expect((await answer).status).toBe(200);
    expect(done).toEqual(['GET /thing', 'POST /thing']);
  });

  test('before: a request that is cut never happened', async () => {
    const arrived = proxy.faults.hold(thing, 'before');
    const answer = expect(ask()).rejects.toThrow('fetch failed');
    (await arrived).cut();
    await answer;
    expect(done).toEqual([]);
  });

  test('after: the upstream has answered, the client knows nothing until it is released', async () => {
    const arrived = proxy.faults.hold(thing, 'after');
    const answer = ask();
    const held = await arrived;
    expect(done).toEqual(['GET /thing']);
    expect(held.answer).toEqual({ status: 200, body: JSON.stringify(BODY) });
    held.release();
    expect(await (await answer).json()).toEqual(BODY);
  });

  test('after: an answer that is cut is lost, and what was done is done', async () => {
    const arrived = proxy.faults.hold(thing, 'after');
    const answer = expect(ask()).rejects.toThrow('fetch failed');
    (await arrived).cut();
    await answer;
    expect(done).toEqual(['GET /thing']);
  });

  test('after: it can wait for a certain answer', async () => {
    const arrived = proxy.faults.hold({ ...thing, answer: /"answer":"x/ }, 'after');
    const never = proxy.faults.hold({ ...thing, answer: /"answer":"y/ }, 'after');
    const answer = ask();
    expect(await Promise.race([arrived, never])).toBe(await arrived);
    (await arrived).release();
    expect((await answer).status).toBe(200);
  });

  test('is for one request: the next one passes while the first is held', async () => {
    const arrived = proxy.faults.hold(thing, 'before');
    const first = ask();
    const held = await arrived;
    await works();
    held.release();
    expect((await first).status).toBe(200);
  });

  test('`healthy` lets what is held go on and switches every fault off', async () => {
    const arrived = proxy.faults.hold(thing, 'before');
    const first = ask();
    await arrived;
    proxy.faults.dropRequest(thing);
    proxy.faults.healthy();
    expect((await first).status).toBe(200);
    await works();
  });
});
