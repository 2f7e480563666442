import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { excerpt, type HttpCall, sendForTail, sendJson } from '../../src/clients/http.ts';
import { type FakeReply, type FakeServer, startFakeServer } from '../fakes/server.ts';

type Route = 'thing' | 'echo';

let server: FakeServer<Route>;
let other: FakeServer<Route>;
let received: unknown[];

const start = async () =>
  await startFakeServer<Route>([
    { name: 'thing', method: 'GET', path: /^\/thing$/, handle: () => ({ status: 200, body: { a: 'x'.repeat(100) } }) },
    {
      name: 'echo',
      method: 'POST',
      path: /^\/thing$/,
      handle: ({ body }) => {
        received.push(body);
        return { status: 202 };
      },
    },
  ]);

beforeEach(async () => {
  received = [];
  server = await start();
  other = await start();
});

afterEach(async () => {
  await server.close();
  await other.close();
});

const call = (more: Partial<HttpCall> = {}): HttpCall => ({
  system: 'the thing',
  unreachable: 'ClusterUnreachable',
  method: 'GET',
  url: new URL(`${server.url}/thing`),
  deadlineMs: 1_000,
  ...more,
});

const planned = (reply: FakeReply): void => {
  server.answerNext('thing', reply);
};

describe('an answer is', () => {
  it('JSON with 200', async () => {
    expect((await sendJson(call())).status).toBe(200);
  });

  it('an empty body with 202', async () => {
    const reply = await sendJson(call({ method: 'POST', body: { b: 1 } }));
    expect(reply).toEqual({ status: 202, body: undefined, refusal: null });
    expect(received).toEqual([{ b: 1 }]);
  });

  it.each([400, 404, 409, 500])('an HTTP error with JSON: %i', async (status) => {
    planned({ status, body: { why: 'because' } });
    expect(await sendJson(call())).toEqual({ status, body: { why: 'because' }, refusal: null });
  });

  it.each([401, 403, 405])('a definite refusal without JSON: %i', async (status) => {
    planned({ status, text: '<html><h1>Not you</h1></html>' });
    expect(await sendJson(call())).toEqual({ status, body: undefined, refusal: 'Not you' });
  });
});

describe('unreachable is', () => {
  it('a refused connection', async () => {
    await server.close();
    await expect(sendJson(call())).rejects.toMatchObject({
      code: 'ClusterUnreachable',
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  it('a connection that is cut', async () => {
    server.unreachable();
    await expect(sendJson(call())).rejects.toMatchObject({ code: 'ClusterUnreachable' });
  });

  it('an answer that is cut after the effect', async () => {
    server.dropAnswerOf('echo');
    await expect(sendJson(call({ method: 'POST', body: 1 }))).rejects.toMatchObject({ code: 'ClusterUnreachable' });
    expect(received).toEqual([1]);
  });

  it('silence until the deadline', async () => {
    server.slow(500);
    await expect(sendJson(call({ deadlineMs: 50 }))).rejects.toMatchObject({
      code: 'ClusterUnreachable',
      message: expect.stringContaining('no answer within 50 ms') as string,
    });
  });

  it('a login page with 200', async () => {
    server.answerHtml();
    await expect(sendJson(call())).rejects.toMatchObject({
      message: expect.stringContaining('answered 200 with something that is not JSON: "Sign in"') as string,
    });
  });

  it('truncated JSON', async () => {
    server.truncateJson();
    await expect(sendJson(call())).rejects.toMatchObject({ code: 'ClusterUnreachable' });
  });

  it.each([
    ['an HTML 404 of a daemon that starts', { status: 404, text: '<html>Not Found</html>' }],
    ['a 503 without JSON', { status: 503, text: 'busy' }],
    ['"no active RM" with 200', { status: 200, text: 'There is no active RM right now.' }],
    ['"no active RM" with 307', { status: 307, text: 'There is no active RM right now.' }],
  ])('%s', async (_, reply) => {
    planned(reply);
    await expect(sendJson(call())).rejects.toMatchObject({ code: 'ClusterUnreachable' });
  });

  it('a redirect to an address that nobody configured', async () => {
    planned({ status: 307, headers: { location: `${other.url}/thing` } });
    await expect(sendJson(call())).rejects.toMatchObject({
      message: expect.stringContaining('not among its configured addresses') as string,
    });
    expect(other.asked).toEqual([]);
  });

  it('a redirect that goes round', async () => {
    for (let hop = 0; hop < 5; hop += 1) planned({ status: 307, headers: { location: `${server.url}/thing` } });
    await expect(sendJson(call({ redirectHosts: [server.address] }))).rejects.toMatchObject({
      message: expect.stringContaining('more than 2 times') as string,
    });
  });
});

it('follows a 307 to a configured address and sends the body again, but keeps its own path', async () => {
  server.answerNext('echo', { status: 307, headers: { location: `${other.url}/elsewhere` } });
  const redirectHosts = [server.address, other.address];
  expect((await sendJson(call({ method: 'POST', body: { again: true }, redirectHosts }))).status).toBe(202);
  expect(received).toEqual([{ again: true }]);
  expect(other.asked).toEqual(['echo']);
});

it('throws the reason of the caller’s signal, not "unreachable"', async () => {
  server.slow(500);
  const controller = new AbortController();
  const pending = sendJson(call({ signal: controller.signal }));
  setTimeout(() => controller.abort(new Error('worker shuts down')), 20);
  await expect(pending).rejects.toThrow('worker shuts down');
  await expect(sendJson(call({ signal: controller.signal }))).rejects.toThrow('worker shuts down');
});

it('keeps only the end of a long text', async () => {
  planned({ status: 200, text: `${'a'.repeat(1_000_000)}the end` });
  expect(await sendForTail(call(), 9)).toEqual({ status: 200, text: 'aathe end' });
});

it('makes one short line of a page', () => {
  expect(excerpt('<style>x{}</style><h1>Bad\n  Gateway</h1>')).toBe('Bad Gateway');
  expect(excerpt('x'.repeat(500))).toHaveLength(200);
});
