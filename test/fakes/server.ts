/** What the fakes of YARN and Flink stand on: routes with one switch per failure, over HTTP or another transport. */
import { httpTransport } from './http-transport.ts';
import type { Answer, Asked, FakeReply, Transport } from './transport.ts';

export type { FakeReply } from './transport.ts';

export interface FakeRequest {
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  readonly body: unknown;
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
  /** Does what the next request of this route asks for, then cuts the connection; `then` answers the one after it. */
  dropAnswerOf(name: Name, then?: FakeReply): void;
  /** Answers the next request of this route with this status and body, having done nothing. */
  answerNext(name: Name, reply: FakeReply): void;
  /** 200 with an HTML page, as a login proxy does. */
  answerHtml(on?: boolean): void;
  truncateJson(on?: boolean): void;
  /** Requests of this route wait, having done nothing, until the function that is returned is called. */
  hold(name: Name): () => void;
  /** Each answer comes so many ms late. */
  slow(ms: number): void;
  /** Cuts every connection without reading. */
  unreachable(on?: boolean): void;
  healthy(): void;
  close(): Promise<void>;
}

export async function startFakeServer<Name extends string>(
  routes: readonly FakeRoute<Name>[],
  /** Looks at each request first; a reply from here is final, and `cut` is a connection that breaks. */
  intercept: (path: string) => FakeReply | 'cut' | null = () => null,
  notFound: FakeReply = { status: 404, text: '<html><body>404 Not Found</body></html>' },
  transport: Transport = httpTransport,
): Promise<FakeServer<Name>> {
  let html = false;
  let truncate = false;
  let delayMs = 0;
  let cut = false;
  const dropped: { name: Name; then: FakeReply | undefined }[] = [];
  const planned: { name: Name; reply: FakeReply }[] = [];
  const asked: Name[] = [];
  const held = new Map<Name, Promise<void>>();

  async function answer({ method, path, query, text }: Asked): Promise<Answer> {
    const found = find(routes, method, path);
    if (delayMs > 0) await new Promise((resolve) => setTimeout(resolve, delayMs));
    const early = intercept(path);
    if (early === 'cut') return { kind: 'cut' };
    if (early !== null) return { kind: 'reply', reply: early };
    if (html) {
      return { kind: 'reply', reply: { status: 200, text: '<html><head><title>Sign in</title></head></html>' } };
    }
    if (found === null) return { kind: 'reply', reply: notFound };
    asked.push(found.route.name);
    await held.get(found.route.name);
    const plan = take(planned, ({ name }) => name === found.route.name);
    if (plan !== undefined) return { kind: 'reply', reply: plan.reply };
    const body: unknown = text === '' ? undefined : JSON.parse(text);
    const reply = await found.route.handle({ params: found.params, query, body });
    const drop = take(dropped, ({ name }) => name === found.route.name);
    if (drop?.then !== undefined) planned.push({ name: drop.name, reply: drop.then });
    if (drop !== undefined) return { kind: 'cut' };
    return { kind: truncate && reply.body !== undefined ? 'truncated' : 'reply', reply };
  }

  const listening = await transport({
    answer: (asked) =>
      answer(asked).catch((error: unknown): Answer => {
        return { kind: 'reply', reply: { status: 500, body: { errors: [String(error)] } } };
      }),
    isUnreachable: () => cut,
  });
  const { address } = listening;

  return {
    address,
    url: `http://${address}`,
    asked,
    dropAnswerOf: (name, then) => void dropped.push({ name, then }),
    answerNext: (name, reply) => void planned.push({ name, reply }),
    answerHtml: (on = true) => void (html = on),
    truncateJson: (on = true) => void (truncate = on),
    slow: (ms) => void (delayMs = ms),
    hold: (name) => {
      let release = (): void => undefined;
      held.set(name, new Promise((resolve) => (release = resolve)));
      return () => {
        held.delete(name);
        release();
      };
    },
    unreachable: (on = true) => {
      cut = on;
      if (on) listening.cut();
    },
    healthy: () => {
      html = truncate = cut = false;
      delayMs = 0;
      dropped.length = planned.length = 0;
    },
    close: () => listening.close(),
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
