/**
 * The one stream of a tab. A browser has six connections to a host over HTTP/1.1, so a hidden tab has none, and a visible one
 * has the stream of the page that was opened last; the frame listens while no page does.
 */
import { useEffect, useEffectEvent } from 'react';
import { isVisible, onVisibility } from '../state/visible.ts';
import { connection, markDown, markFresh, markSignedOut, markVersion } from './connection.ts';
import { follow, type StreamEvent } from './events.ts';
import { ApiProblem, isSignedOut } from './problems.ts';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** A stream that is lost for less is no news. */
const SHOWN_AFTER_MS = 2_000;

interface Listener {
  readonly path: string;
  readonly onEvent: (event: StreamEvent) => void;
  /** The last event that it has heard, where it goes on. */
  lastId: string | undefined;
}

const listeners: Listener[] = [];
let current: { readonly listener: Listener; readonly stop: AbortController } | null = null;

/** Follows the newest listener while somebody looks and is signed in, and nobody otherwise. */
function turn(): void {
  const wanted = isVisible() && !connection.get().isSignedOut ? (listeners.at(-1) ?? null) : null;
  if (wanted === (current?.listener ?? null)) return;
  current?.stop.abort();
  current = wanted && { listener: wanted, stop: new AbortController() };
  if (current) void keepFollowing(current.listener, current.stop.signal);
}

onVisibility(turn);
connection.subscribe(turn);

/** Follows anew: a stream keeps the rights of whoever began it. */
export function followAnew(): void {
  current?.stop.abort();
  current = null;
  turn();
}

async function keepFollowing(listener: Listener, signal: AbortSignal): Promise<void> {
  let pause = FIRST_PAUSE_MS;
  let lost: ReturnType<typeof setTimeout> | undefined;
  const onOpen = (): void => {
    clearTimeout(lost);
    lost = undefined;
    pause = FIRST_PAUSE_MS;
    markDown('stream', false);
    markDown('api', false);
  };
  const isOver = (): boolean => signal.aborted;
  while (!isOver()) {
    try {
      const onEvent = (event: StreamEvent): void => hear(listener, event);
      await follow(listener.path, { lastId: listener.lastId, signal, onOpen, onEvent });
    } catch (failure) {
      if (isOver()) break;
      if (isSignedOut(failure)) {
        markSignedOut(true);
        return;
      }
      // A refusal is the page's to show: it has asked for the same job.
      if (failure instanceof ApiProblem && [403, 404, 422].includes(failure.problem.status)) return;
    }
    lost ??= setTimeout(() => markDown('stream', true), SHOWN_AFTER_MS);
    await wait(pause * (0.5 + Math.random()), signal);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  }
  clearTimeout(lost);
}

function hear(listener: Listener, event: StreamEvent): void {
  if (event.id !== undefined) listener.lastId = event.id;
  if (event.type === 'beat') {
    const { time, asOf = time, version } = event.data as { time: string; asOf?: string; version: string }; // of the API
    const lag = Date.parse(time) - Date.parse(asOf);
    markFresh(Date.now() - lag);
    markVersion(version);
  } else {
    markFresh(Date.now());
    listener.onEvent(event);
  }
}

const wait = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });

/** Listens to a stream while the component is there. @param path null listens to nothing, such as before a list has come. */
export function useStream(path: string | null, onEvent: (event: StreamEvent) => void): void {
  const heard = useEffectEvent(onEvent);
  useEffect(() => {
    if (path === null) return;
    const listener: Listener = { path, onEvent: (event) => heard(event), lastId: undefined };
    listeners.push(listener);
    turn();
    return () => {
      listeners.splice(listeners.indexOf(listener), 1);
      turn();
    };
  }, [path]);
}
