/** A real HTTP server on loopback with one switch per failure: what the fakes of YARN and Flink stand on. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeRequest {
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export interface FakeReply {
  readonly status: number;
  /** Sent as JSON; absent: empty body. */
  readonly body?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface FakeRoute<Name extends string> {
  readonly name: Name;
  readonly method: string;
  /** Its groups become `params`. */
  readonly path: RegExp;
  readonly handle: (request: FakeRequest) => FakeReply | Promise<FakeReply>;
}

/** The switches stay on until they are switched off or `healthy()` is called, except the ones called "next". */
export interface FakeServer<Name extends string> {
  readonly address: string;
  readonly url: string;
  /** Names of the routes that were asked, in order; also those whose answer was spoilt. */
  readonly asked: Name[];
  /** Does what the next request of this route asks for, then cuts the connection instead of answering. */
  dropAnswerOf(name: Name): void;
  /** Answers the next request of this route with this status and body, having done nothing. */
  answerNext(name: Name, reply: FakeReply): void;
  /** 200 with an HTML page, as a login proxy does. */
  answerHtml(on?: boolean): void;
  truncateJson(on?: boolean): void;
  /** Each answer comes so many ms late. */
  slow(ms: number): void;
  /** Cuts every connection without reading. */
  unreachable(on?: boolean): void;
  healthy(): void;
  close(): Promise<void>;
}

export async function startFakeServer<Name extends string>(
  routes: readonly FakeRoute<Name>[],
  /** Looks at each request first; a reply from here is final. */
  intercept: (path: string) => FakeReply | null = () => null,
  notFound: FakeReply = { status: 404, text: '<html><body>404 Not Found</body></html>' },
): Promise<FakeServer<Name>> {
  let html = false;
  let truncate = false;
  let delayMs = 0;
  let cut = false;
  const dropped: Name[] = [];
  const planned: { name: Name; reply: FakeReply }[] = [];
  const asked: Name[] = [];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake');
    const text = await bodyOf(request);
    const found = find(routes, request.method ?? 'GET', url.pathname);
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    const early = intercept(url.pathname);
    if (early !== null) {
      send(response, early);
      return;
    }
    if (html) {
      send(response, { status: 200, text: '<html><head><title>Sign in</title></head></html>' });
      return;
    }
    if (found === null) {
      send(response, notFound);
      return;
    }
    asked.push(found.route.name);
    const plan = take(planned, ({ name }) => name === found.route.name);
    if (plan !== undefined) {
      send(response, plan.reply);
      return;
    }
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    const reply = await found.route.handle({ params: found.params, query: url.searchParams, body });
    if (take(dropped, (name) => name === found.route.name) !== undefined) return void request.socket.destroy();
    if (truncate && reply.body !== undefined) {
      const json = JSON.stringify(reply.body);
      response.writeHead(reply.status, { 'content-type': 'application/json', 'content-length': json.length });
      response.write(json.slice(0, json.length >> 1), () => request.socket.destroy());
      return;
    }
    send(response, reply);
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      send(response, { status: 500, body: { errors: [String(error)] } });
    });
  });
  server.on('connection', (socket) => {
    if (cut) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    address,
    url: `http://${address}`,
    asked,
    dropAnswerOf: (name) => void dropped.push(name),
    answerNext: (name, reply) => void planned.push({ name, reply }),
    answerHtml: (on = true) => void (html = on),
    truncateJson: (on = true) => void (truncate = on),
    slow: (ms) => void (delayMs = ms),
    unreachable: (on = true) => {
      cut = on;
      if (on) server.closeAllConnections();
    },
    healthy: () => {
      html = truncate = cut = false;
      delayMs = 0;
      dropped.length = planned.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function find<Name extends string>(routes: readonly FakeRoute<Name>[], method: string, path: string) {
  for (const route of routes) {
    const match = route.method === method ? route.path.exec(path) : null;
    if (match !== null) return { route, params: match.slice(1).map((part) => decodeURIComponent(part)) };
  }
  return null;
}

function take<T>(list: T[], wanted: (item: T) => boolean): T | undefined {
  const index = list.findIndex(wanted);
  return index < 0 ? undefined : list.splice(index, 1)[0];
}

function send(response: ServerResponse, reply: FakeReply): void {
  if (response.headersSent || response.destroyed) return;
  const json = reply.text === undefined && reply.body !== undefined;
  const type = json ? 'application/json' : reply.text?.startsWith('<') === true ? 'text/html' : 'text/plain';
  response.writeHead(reply.status, { 'content-type': type, ...reply.headers });
  response.end(json ? JSON.stringify(reply.body) : reply.text);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
