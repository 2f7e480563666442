/** A reverse proxy on loopback in front of one HTTP server, with switches for all that can go wrong between the two. */
import {
  createServer,
  request as send,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Switches, type SeenRequest } from './switches.ts';

/** A reply on its way back to the client. */
export interface Reply {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Buffer;
}

export interface HttpProxyOptions {
  /** `http://host:port` of the real server. */
  readonly upstream: string;
  /** Shared where several proxies are one thing to a test; its own by default. */
  readonly faults?: Switches;
  /** Changes what the upstream answered, before any fault. */
  readonly rewrite?: (reply: Reply) => Promise<Reply>;
  /** Headers of requests that are not forwarded. */
  readonly withhold?: readonly string[];
  /** Passes the time of a slow answer, instead of a timer. */
  readonly wait?: (ms: number) => Promise<void>;
}

export interface HttpProxy {
  /** `host:port` */
  readonly address: string;
  readonly url: string;
  readonly faults: Switches;
  close(): Promise<void>;
}

/** Headers that belong to one connection; the proxy has two. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'expect', 'content-length'];

export async function startHttpProxy(options: HttpProxyOptions): Promise<HttpProxy> {
  const faults = options.faults ?? new Switches();
  const server = createServer((request, response) => {
    void answer(options, faults, request)
      // The upstream is away, or the client: the other end sees its connection cut, as it would without a proxy.
      .catch((): Answer => ({ kind: 'cut' }))
      .then((given) => deliver(request, response, given));
  });
  // Closing an idle connection at the moment in which it is used again would be a fault that nobody switched on.
  server.keepAliveTimeout = 600_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`; // not a pipe
  return {
    address,
    url: `http://${address}`,
    faults,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The answer that the client gets in the end. */
type Answer = { readonly kind: 'cut' } | { readonly kind: 'whole' | 'half'; readonly reply: Reply };

async function answer(options: HttpProxyOptions, faults: Switches, request: IncomingMessage): Promise<Answer> {
  const body = await bodyOf(request);
  const seen: SeenRequest = {
    method: request.method ?? 'GET',
    path: new URL(request.url ?? '/', 'http://proxy').pathname,
    headers: request.headers,
    body: body.toString('utf8'),
  };
  faults.seen.push(seen);
  if ((await faults.pass('before', seen, null)) === 'cut') return { kind: 'cut' };
  await (options.wait ?? sleep)(faults.delayOf(seen));
  const fault = faults.faultOf(seen);
  switch (fault?.kind) {
    case 'dropRequest':
      return { kind: 'cut' };
    case 'answer':
      return whole(fault.status, { 'content-type': fault.type }, fault.body);
    case 'redirect':
      return whole(307, { location: new URL(request.url ?? '/', fault.location).href }, 'This is standby RM.');
    case undefined:
      break;
  }
  const changed = faults.changedBody(seen);
  const answered = await forward(options, request, changed === undefined ? body : Buffer.from(changed));
  const reply = options.rewrite === undefined ? answered : await options.rewrite(answered);
  const given = { status: reply.status, body: reply.body.toString('utf8') };
  if ((await faults.pass('after', seen, given)) === 'cut') return { kind: 'cut' };
  switch (faults.faultOfAnswer(seen, given)?.kind) {
    case 'dropAnswer':
      return { kind: 'cut' };
    case 'truncate':
      return { kind: 'half', reply };
    case undefined:
      return { kind: 'whole', reply };
  }
}

const whole = (status: number, headers: OutgoingHttpHeaders, body: string): Answer => ({
  kind: 'whole',
  reply: { status, headers, body: Buffer.from(body) },
});

/** The Host header goes on as it came, since it is part of S3's signatures. */
function forward(
  { upstream, withhold = [] }: HttpProxyOptions,
  request: IncomingMessage,
  body: Buffer,
): Promise<Reply> {
  const dropped = [...HOP_BY_HOP, ...withhold];
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !dropped.includes(name)));
  const { hostname, port } = new URL(upstream);
  const hasBody = body.length > 0 || !['GET', 'HEAD', 'DELETE'].includes(request.method ?? 'GET');
  return new Promise((resolve, reject) => {
    const sent = send(
      {
        hostname,
        port,
        method: request.method,
        path: request.url,
        headers: { ...headers, ...(hasBody ? { 'content-length': body.length } : {}) },
        // Each request gets a connection of its own: the upstream may close an idle one, a fault of the proxy's own.
        agent: false,
      },
      (answer) => {
        bodyOf(answer).then((content) => {
          const {
            connection: _connection,
            'keep-alive': _keep,
            'transfer-encoding': _encoding,
            ...rest
          } = answer.headers;
          resolve({ status: answer.statusCode ?? 502, headers: rest, body: content });
        }, reject);
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

function deliver(request: IncomingMessage, response: ServerResponse, given: Answer): void {
  const cut = (): void => void request.socket.resetAndDestroy();
  if (given.kind === 'cut') {
    cut();
    return;
  }
  const { status, headers, body } = given.reply;
  // The answer to HEAD tells the length of a body that it does not have.
  const length = request.method === 'HEAD' || status === 204 || status === 304 ? {} : { 'content-length': body.length };
  response.writeHead(status, { ...headers, ...length });
  if (given.kind === 'whole') response.end(body);
  else response.write(body.subarray(0, body.length >> 1), cut);
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
