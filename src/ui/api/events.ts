/** A connection to a stream of events: a fetch whose body is read on and on, because EventSource gives up after one 503. */
import { createParser } from 'eventsource-parser';
import { API_PREFIX } from './prefix.ts';
import { ApiProblem, problemOf } from './problems.ts';
import { attendance } from '../state/attended.ts';

/** More than three beats: a connection that is silent for so long is dead. */
const SILENCE_MS = 35_000;

export interface StreamEvent {
  readonly type: string;
  readonly id: string | undefined;
  readonly data: unknown;
}

interface Following {
  readonly lastId: string | undefined;
  readonly signal: AbortSignal;
  readonly onOpen: () => void;
  readonly onEvent: (event: StreamEvent) => void;
}

/** Follows a stream until it ends. @throws ApiProblem for a refusal, any other error when the connection breaks. */
export async function follow(path: string, { lastId, signal, onOpen, onEvent }: Following): Promise<void> {
  const silence = new AbortController();
  let watchdog: ReturnType<typeof setTimeout> | undefined;
  const heard = (): void => {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => silence.abort(), SILENCE_MS);
  };
  heard();
  try {
    const last = lastId === undefined ? {} : { 'last-event-id': lastId };
    const headers = { accept: 'text/event-stream', ...attendance(), ...last };
    const response = await fetch(API_PREFIX + path, { headers, signal: AbortSignal.any([signal, silence.signal]) });
    if (!response.ok || !response.body) {
      throw new ApiProblem(problemOf(await response.json().catch(() => null), response.status));
    }
    onOpen();
    const parser = createParser({
      onEvent: ({ event = 'message', id, data }) => onEvent({ type: event, id, data: JSON.parse(data) }),
    });
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      heard();
      parser.feed(part.value);
    }
  } finally {
    clearTimeout(watchdog);
  }
}
