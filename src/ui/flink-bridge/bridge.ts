/**
 * Runs before the scripts of Flink's pages, in a frame without an origin that reaches no server. It stands in for
 * `XMLHttpRequest`, as far as Angular and zone.js use it, and hands each read to the page around it.
 */
import type { FromFlink, ToFlink } from './messages.ts';

const DONE = 4;
const REFUSED = '{"errors":["The console only reads: change the job with its own buttons."]}';

const waiting = new Map<number, (answer: ToFlink) => void>();
let reads = 0;
/** A page without an origin has no name to which it could say where it sends this: its frame is in one page only. */
const tell = (message: FromFlink): void => window.parent.postMessage(message, '*');

class BridgedRequest extends EventTarget {
  static readonly DONE = DONE;
  readonly DONE = DONE;
  readyState = 0;
  status = 0;
  statusText = '';
  responseText = '';
  responseType = '';
  responseURL = '';
  withCredentials = false;
  timeout = 0;
  readonly upload = new EventTarget();
  #method = 'GET';
  #read = 0;

  get response(): string {
    return this.responseText;
  }

  open(method: string, url: string): void {
    this.#method = method;
    this.responseURL = url;
    this.#become(1);
  }

  setRequestHeader(): void {
    // The page around it says what it takes.
  }

  getResponseHeader(name: string): string | null {
    return name.toLowerCase() === 'content-type' ? 'application/json' : null;
  }

  getAllResponseHeaders(): string {
    return 'content-type: application/json\r\n';
  }

  send(): void {
    if (this.#method !== 'GET') {
      this.#end({ status: 405, text: REFUSED });
      return;
    }
    this.#read = ++reads;
    waiting.set(this.#read, (answer) => this.#end(answer));
    tell({ read: this.#read, path: this.responseURL });
  }

  abort(): void {
    waiting.delete(this.#read);
    this.readyState = 0;
    this.dispatchEvent(new Event('abort'));
  }

  #end({ status, text }: Pick<ToFlink, 'status' | 'text'>): void {
    this.status = status;
    this.responseText = text;
    this.#become(DONE);
    this.dispatchEvent(new Event(status === 0 ? 'error' : 'load'));
    this.dispatchEvent(new Event('loadend'));
  }

  #become(state: number): void {
    this.readyState = state;
    this.dispatchEvent(new Event('readystatechange'));
  }
}

window.addEventListener('message', ({ source, data }: MessageEvent<ToFlink>) => {
  if (source !== window.parent || window.parent === window) return;
  const answered = waiting.get(data.read);
  waiting.delete(data.read);
  answered?.(data);
});

const tellPlace = (): void => tell({ at: window.location.hash });
window.addEventListener('hashchange', tellPlace);
// Angular's router changes the address without an event.
for (const name of ['pushState', 'replaceState'] as const) {
  const change = window.history[name].bind(window.history);
  window.history[name] = (...given) => {
    change(...given);
    tellPlace();
  };
}
Object.defineProperty(window, 'XMLHttpRequest', { value: BridgedRequest, configurable: true, writable: true });
