/** The server under the fakes of YARN and Flink: routes with one switch per failure, over HTTP or another transport. */
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
  /** The groups become `params`. */
  readonly path: RegExp;
  readonly handle: (request: FakeRequest) => FakeReply | Promise<FakeReply>;
}

/** The switches stay on until they are switched off or `healthy()` is called, except the ones called "next". */
export interface FakeServer<Name extends string> {
  readonly address: string;
  readonly url: string;
  /** Names of the routes that were asked, in order; also those whose answer was spoilt. */
  readonly asked: Name[];
  /** Carries out the next request of this route, then cuts the connection; `then` answers the request after it. */
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
  const switches = new Switches<Name>();
  const listening = await transport({
    answer: (request) =>
      answer(request).catch((error: unknown): Answer => {
        return { kind: 'reply', reply: { status: 500, body: { errors: [String(error)] } } };
      }),
    isUnreachable: () => switches.cut,
  });
  const { address } = listening;

  async function answer({ method, path, query, text }: Asked): Promise<Answer> {
    const match = find(routes, method, path);
    if (switches.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, switches.delayMs));
    const early = intercept(path);
    if (early === 'cut') return { kind: 'cut' };
    if (early !== null) return { kind: 'reply', reply: early };
    if (switches.html) return { kind: 'reply', reply: LOGIN_PAGE };
    if (match === null) return { kind: 'reply', reply: notFound };
    return await switches.answer(match.route.name, () => {
      const body: unknown = text === '' ? undefined : JSON.parse(text);
      return match.route.handle({ params: match.params, query, body });
    });
  }

  return {
    ...switches.functions(),
    address,
    url: `http://${address}`,
    unreachable: (on = true) => {
      switches.cut = on;
      if (on) listening.cut();
    },
    close: () => listening.close(),
  };
}

const LOGIN_PAGE: FakeReply = { status: 200, text: '<html><head><title>Sign in</title></head></html>' };

type SwitchFunctions<Name extends string> = Omit<FakeServer<Name>, 'address' | 'url' | 'unreachable' | 'close'>;

/** The switches of a server, and what they do to an answer. */
class Switches<Name extends string> {
  html = false;
  delayMs = 0;
  cut = false;
  #truncates = false;
  readonly #asked: Name[] = [];
  readonly #dropped: { name: Name; then: FakeReply | undefined }[] = [];
  readonly #planned: { name: Name; reply: FakeReply }[] = [];
  readonly #held = new Map<Name, Promise<void>>();

  async answer(route: Name, handle: () => FakeReply | Promise<FakeReply>): Promise<Answer> {
    this.#asked.push(route);
    await this.#held.get(route);
    const plan = take(this.#planned, ({ name }) => name === route);
    if (plan !== undefined) return { kind: 'reply', reply: plan.reply };
    const reply = await handle();
    const drop = take(this.#dropped, ({ name }) => name === route);
    if (drop?.then !== undefined) this.#planned.push({ name: drop.name, reply: drop.then });
    if (drop !== undefined) return { kind: 'cut' };
    return { kind: this.#truncates && reply.body !== undefined ? 'truncated' : 'reply', reply };
  }

  functions(): SwitchFunctions<Name> {
    return {
      asked: this.#asked,
      dropAnswerOf: (name, then) => void this.#dropped.push({ name, then }),
      answerNext: (name, reply) => void this.#planned.push({ name, reply }),
      answerHtml: (on = true) => void (this.html = on),
      truncateJson: (on = true) => void (this.#truncates = on),
      slow: (ms) => void (this.delayMs = ms),
      hold: (name) => this.#hold(name),
      healthy: () => {
        this.html = this.#truncates = this.cut = false;
        this.delayMs = 0;
        this.#dropped.length = this.#planned.length = 0;
      },
    };
  }

  #hold(name: Name): () => void {
    let release = (): void => undefined;
    this.#held.set(name, new Promise((resolve) => (release = resolve)));
    return () => {
      this.#held.delete(name);
      release();
    };
  }
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
