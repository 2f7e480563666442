/** A stream of server-sent events: beats, an end with the right to it, and bounds for each caller and the whole process. */
import { isCode } from '../../domain/errors/errors.ts';
import { addressOf } from './address.ts';
import type { Call } from './route.ts';
import { Problem } from './problem.ts';

/** Shorter than the idle time-outs of common proxies (60 s); a browser notices a dead connection only by missing beats. */
const BEAT_MS = 10_000;
/** A right that ends is known to `callers.ts` within two seconds more. */
const LOOK_AT_RIGHT_MS = 2_000;
/** A listener is cut off when this many unread bytes pile up, and can resume by `Last-Event-ID`. */
const MOST_BUFFERED_BYTES = 1024 * 1024;
const MOST_STREAMS = 500;
/** Leaves streams for others while a script, say, forgets its own. */
const MOST_OF_A_CALLER = 100;

/** Texts of data that many streams send: each is made once. */
const texts = new WeakMap<object, string>();

export function jsonOf(data: object): string {
  const known = texts.get(data);
  if (known !== undefined) return known;
  const text = JSON.stringify(data);
  texts.set(data, text);
  return text;
}

interface Sent {
  readonly event: string;
  readonly data: object;
  readonly id?: string;
}

export interface EventStream {
  readonly send: (sent: Sent) => void;
  /** The rights of the caller as they are now. */
  readonly may: () => Call['may'];
  readonly onEnd: (stop: () => void) => void;
}

interface Options {
  /** Data and id of each beat. */
  readonly beat: () => Omit<Sent, 'event'>;
  /** Whether the stream may go on with these rights. */
  readonly mayGoOn: (may: Call['may']) => boolean | Promise<boolean>;
}

export class EventStreams {
  /** Streams of each caller who has any. */
  readonly #ofCaller = new Map<string, number>();
  #open = 0;

  get open(): number {
    return this.#open;
  }

  /**
   * Begins the answer; null for HEAD, and for a caller who has gone.
   * @throws Problem with status 503 when too many are open, with 429 when this caller has too many.
   */
  begin({ request, response, may, renew, caller }: Call, { beat, mayGoOn }: Options): EventStream | null {
    const holder = holderOf(caller, request);
    const own = this.#ofCaller.get(holder) ?? 0;
    if (own >= MOST_OF_A_CALLER) {
      throw new Problem('TooManyStreams', `${caller.name} has ${own} event streams open already`, {
        headers: { 'Retry-After': '10' },
      });
    }
    if (this.#open >= MOST_STREAMS) {
      throw new Problem('Conflict', `${MOST_STREAMS} streams are open already; close some or ask again later`, {
        status: 503,
        headers: { 'Retry-After': '10' },
      });
    }
    // The caller may have gone while its rights were looked up: then nobody would ever end the stream.
    if (response.destroyed) return null;
    response.writeHead(200, {
      'Content-Type': 'text/event-stream',
      'Cache-Control': 'no-store',
      'X-Accel-Buffering': 'no',
    });
    if (request.method === 'HEAD') {
      response.end();
      return null;
    }
    this.#open += 1;
    this.#ofCaller.set(holder, own + 1);
    response.write('retry: 2000\n\n');
    let rights = may;
    const send = ({ event, data, id }: Sent): void => {
      if (response.writableEnded) return;
      const text = `${id === undefined ? '' : `id: ${id}\n`}event: ${event}\ndata: ${jsonOf(data)}\n\n`;
      if (response.writableLength > MOST_BUFFERED_BYTES) response.destroy();
      else response.write(text);
    };
    const beats = setInterval(() => send({ event: 'beat', ...beat() }), BEAT_MS);
    // A stream ends with the right to it. While nobody can tell, it goes on.
    const look = async (): Promise<void> => {
      try {
        rights = await renew();
        if (!(await mayGoOn(rights))) response.end();
      } catch (failure) {
        if (isCode(failure, 'Unauthenticated') || isCode(failure, 'TooManyRequests')) response.end();
      }
    };
    const looks = setInterval(() => void look(), LOOK_AT_RIGHT_MS);
    const stops: (() => void)[] = [];
    response.on('close', () => {
      this.#open -= 1;
      this.#left(holder);
      clearInterval(beats);
      clearInterval(looks);
      for (const stop of stops) stop();
    });
    return { send, may: () => rights, onEnd: (stop) => void stops.push(stop) };
  }

  #left(holder: string): void {
    const left = (this.#ofCaller.get(holder) ?? 1) - 1;
    if (left > 0) this.#ofCaller.set(holder, left);
    else this.#ofCaller.delete(holder);
  }
}

/** Callers whom nobody knows are told apart by their addresses. */
const holderOf = ({ token, person, method }: Call['caller'], request: Call['request']): string =>
  token !== null ? `token ${token}` : person ? `${method} ${person.subject}` : `address ${addressOf(request)}`;
