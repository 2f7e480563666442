/** How requests reach a fake: over a real socket, or handed over in memory. */

export interface FakeReply {
  readonly status: number;
  /** Sent as JSON; absent: empty body. */
  readonly body?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly text: string;
}

export type Answer =
  | { readonly kind: 'reply'; readonly reply: FakeReply }
  /** The head and half of the body, then the connection is cut. */
  | { readonly kind: 'truncated'; readonly reply: FakeReply }
  /** The connection is cut instead of an answer. */
  | { readonly kind: 'cut' };

export interface Served {
  answer(asked: Asked): Promise<Answer>;
  /** Connections are cut before anything is read. */
  isUnreachable(): boolean;
}

export interface Listening {
  readonly address: string;
  /** Cuts what is connected now. */
  cut(): void;
  close(): Promise<void>;
}

export type Transport = (served: Served) => Promise<Listening>;

/** A reply as it goes over the wire. */
export function wireOf(reply: FakeReply): { readonly type: string; readonly text: string } {
  const json = reply.text === undefined && reply.body !== undefined;
  const type = json ? 'application/json' : reply.text?.startsWith('<') === true ? 'text/html' : 'text/plain';
  return { type, text: json ? JSON.stringify(reply.body) : (reply.text ?? '') };
}
