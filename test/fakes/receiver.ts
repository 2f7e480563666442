/** A receiver of messages: a real server on loopback, over http or https, with one switch for each failure. */
import { createServer as createHttp, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The JSON of the body. */
  readonly body: unknown;
}

type Answering = number | 'hangs' | 'cuts';

export interface Receiver {
  readonly url: string;
  readonly port: number;
  /** Every message, in the order in which it came. */
  readonly received: Received[];
  /** The answer to each further message: a status, or none. */
  answer: Answering;
  /** Headers of each answer. */
  headers: Readonly<Record<string, string>>;
  /** The body of each answer. */
  says: string;
  close(): Promise<void>;
}

export async function startReceiver(tls?: { readonly certFile: string; readonly keyFile: string }): Promise<Receiver> {
  const listener: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      receiver.received.push({
        path: request.url ?? '',
        headers: request.headers,
        text,
        body: JSON.parse(text) as unknown,
      });
      if (receiver.answer === 'hangs') return;
      if (receiver.answer === 'cuts') request.socket.destroy();
      else response.writeHead(receiver.answer, receiver.headers).end(receiver.says);
    });
  };
  const server: Server = tls
    ? createHttps({ cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) }, listener)
    : createHttp(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // a listening server has one
  const receiver: Receiver = {
    url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    received: [],
    answer: 200,
    headers: {},
    says: 'ok',
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return receiver;
}

/** The settings of a webhook at a receiver. */
export const hookAt = ({ url }: Receiver, more: Readonly<Record<string, unknown>> = {}) => ({
  kind: 'webhook',
  url,
  allowPrivate: true,
  perMinute: 600,
  ...more,
});

interface Told {
  readonly id: string;
  readonly title: string;
  readonly count: number;
  readonly events: readonly {
    readonly id: string;
    readonly kind: string;
    readonly status: string;
    readonly job: string;
  }[];
}

export const bodiesOf = (received: readonly Received[]): readonly Told[] => received.map(({ body }) => body as Told); // by its schema
export const eventsOf = ({ received }: Receiver) => bodiesOf(received).flatMap(({ events }) => events);
/** Such as `clicks failed opened`. */
export const wordsOf = (receiver: Receiver): readonly string[] =>
  eventsOf(receiver).map(({ job, kind, status }) => `${job} ${kind} ${status}`);
