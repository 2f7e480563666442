/**
 * The switches of a fault proxy: what goes wrong with which requests, and where a request is held so that a test can act
 * exactly before or after its effect. Faults need no hook in the product: they are between it and the world.
 */

/** A request as the proxy received it. */
export interface SeenRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** The answer of the upstream, before anything is done to it. */
export interface SeenAnswer {
  readonly status: number;
  readonly body: string;
}

/** Which requests are meant; what is left out matches everything. */
export interface Match {
  readonly method?: string;
  readonly path?: RegExp;
  readonly body?: RegExp;
  readonly headers?: Readonly<Record<string, RegExp>>;
  /** Matches the upstream's answer; only for faults that come after it: dropped, truncated or held answers. */
  readonly answer?: RegExp;
}

/** The upstream never hears of the request. */
type RequestFault =
  | { readonly kind: 'answer'; readonly status: number; readonly type: string; readonly body: string }
  | { readonly kind: 'redirect'; readonly location: string }
  | { readonly kind: 'dropRequest' };

/** The upstream does what it was asked; its answer is lost, or half of it. */
type AnswerFault = { readonly kind: 'dropAnswer' } | { readonly kind: 'truncate' };

/** A fault that is on. */
export interface Switch {
  /** How many requests it has met. */
  readonly met: number;
  off(): void;
}

/** A request that waits at a breakpoint. */
export interface Held {
  readonly request: SeenRequest;
  /** Null where it is held before it was forwarded. */
  readonly answer: SeenAnswer | null;
  /** Lets it go on. */
  release(): void;
  /** Cuts its connection: before, the upstream never hears of it; after, the answer is lost. */
  cut(): void;
}

type When = 'before' | 'after';

interface Rule<Fault> {
  readonly match: Match;
  readonly fault: Fault;
  left: number;
  met: number;
}

interface Breakpoint {
  readonly match: Match;
  readonly when: When;
  readonly arrived: (held: Held) => void;
}

const LOGIN_PAGE = '<html><head><title>Sign in</title></head><body>Please sign in.</body></html>';

/**
 * Every fault is for the next `times` requests that match, or until it is switched off. Among several faults for one
 * request or answer the one that was switched on first counts; slowness adds up.
 */
export class Switches {
  /** All requests in the order in which they came; the spoilt ones too. */
  readonly seen: SeenRequest[] = [];
  readonly #delays: Rule<number>[] = [];
  readonly #requestFaults: Rule<RequestFault>[] = [];
  readonly #changes: Rule<(body: string) => string>[] = [];
  readonly #answerFaults: Rule<AnswerFault>[] = [];
  readonly #breakpoints: Breakpoint[] = [];
  readonly #held = new Set<Held>();

  slow(match: Match, ms: number, times?: number): Switch {
    return switchOn(this.#delays, match, ms, times);
  }

  answerJson(match: Match, status: number, body: unknown, times?: number): Switch {
    const fault = { kind: 'answer', status, type: 'application/json', body: JSON.stringify(body) } as const;
    return switchOn(this.#requestFaults, match, fault, times);
  }

  /** With 200: the login page of a gateway. */
  answerHtml(match: Match, status = 200, times?: number): Switch {
    const fault = { kind: 'answer', status, type: 'text/html', body: LOGIN_PAGE } as const;
    return switchOn(this.#requestFaults, match, fault, times);
  }

  /** As a standby does: 307 to the same path at `location`. */
  redirect(match: Match, location: string, times?: number): Switch {
    return switchOn(this.#requestFaults, match, { kind: 'redirect', location }, times);
  }

  /** The connection is reset; nothing was forwarded. */
  dropRequest(match: Match, times?: number): Switch {
    return switchOn(this.#requestFaults, match, { kind: 'dropRequest' }, times);
  }

  /** The request is forwarded with another body. */
  changeBody(match: Match, change: (body: string) => string, times?: number): Switch {
    return switchOn(this.#changes, match, change, times);
  }

  /** The request is forwarded and answered; then the connection is reset instead. */
  dropAnswerOf(match: Match, times?: number): Switch {
    return switchOn(this.#answerFaults, match, { kind: 'dropAnswer' }, times);
  }

  /** Half of the answer arrives. */
  truncate(match: Match, times?: number): Switch {
    return switchOn(this.#answerFaults, match, { kind: 'truncate' }, times);
  }

  /** Resolves when the next matching request has arrived; it then waits until it is released or cut. */
  hold(match: Match, when: When): Promise<Held> {
    return new Promise((arrived) => this.#breakpoints.push({ match, when, arrived }));
  }

  /** How many requests have come that match. */
  count(match: Match): number {
    return this.seen.filter((request) => matches(match, request, null)).length;
  }

  /** All faults and breakpoints off; what is held goes on. */
  healthy(): void {
    for (const rules of [this.#delays, this.#requestFaults, this.#changes, this.#answerFaults]) rules.length = 0;
    this.#breakpoints.length = 0;
    for (const held of [...this.#held]) held.release();
  }

  /** For the proxy: waits at a breakpoint, if there is one for this request. */
  async pass(when: When, request: SeenRequest, answer: SeenAnswer | null): Promise<'go' | 'cut'> {
    const index = this.#breakpoints.findIndex((point) => point.when === when && matches(point.match, request, answer));
    const [point] = index < 0 ? [] : this.#breakpoints.splice(index, 1);
    if (point === undefined) return 'go';
    return new Promise((resolve) => {
      const end = (how: 'go' | 'cut'): void => {
        this.#held.delete(held);
        resolve(how);
      };
      const held: Held = { request, answer, release: () => end('go'), cut: () => end('cut') };
      this.#held.add(held);
      point.arrived(held);
    });
  }

  /** For the proxy: how late this request is forwarded. */
  delayOf(request: SeenRequest): number {
    return met(this.#delays, request, null, Infinity).reduce((total, ms) => total + ms, 0);
  }

  /** For the proxy: what happens to this request instead of being forwarded; undefined if it is. */
  faultOf(request: SeenRequest): RequestFault | undefined {
    return met(this.#requestFaults, request, null, 1)[0];
  }

  /** For the proxy: the body that is forwarded in place of the request's own; undefined if it is its own. */
  changedBody(request: SeenRequest): string | undefined {
    return met(this.#changes, request, null, 1)[0]?.(request.body);
  }

  /** For the proxy: what happens to this answer; undefined if it is delivered. */
  faultOfAnswer(request: SeenRequest, answer: SeenAnswer): AnswerFault | undefined {
    return met(this.#answerFaults, request, answer, 1)[0];
  }
}

function switchOn<Fault>(rules: Rule<Fault>[], match: Match, fault: Fault, times = Infinity): Switch {
  const rule: Rule<Fault> = { match, fault, left: times, met: 0 };
  rules.push(rule);
  return {
    get met() {
      return rule.met;
    },
    off: () => void (rule.left = 0),
  };
}

/** The faults of the first `most` rules that are on for this request, each counted down. */
function met<Fault>(
  rules: readonly Rule<Fault>[],
  request: SeenRequest,
  answer: SeenAnswer | null,
  most: number,
): Fault[] {
  const meeting = rules.filter(({ left, match }) => left > 0 && matches(match, request, answer)).slice(0, most);
  for (const rule of meeting) {
    rule.left -= 1;
    rule.met += 1;
  }
  return meeting.map(({ fault }) => fault);
}

function matches(match: Match, request: SeenRequest, answer: SeenAnswer | null): boolean {
  const { method, path, body, headers = {} } = match;
  const inHeaders = Object.entries(headers).every(([name, value]) => value.test(String(request.headers[name] ?? '')));
  return (
    (method === undefined || method === request.method) &&
    (path === undefined || path.test(request.path)) &&
    (body === undefined || body.test(request.body)) &&
    (match.answer === undefined || (answer !== null && match.answer.test(answer.body))) &&
    inHeaders
  );
}
