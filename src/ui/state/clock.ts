/** The time, as all relative times of a page share it: one timer, and none while the tab is hidden. */
import { useSyncExternalStore } from 'react';

const TICK_MS = 1_000;

const listeners = new Set<() => void>();
let now = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function tick(): void {
  now = Date.now();
  for (const listener of [...listeners]) listener();
}

function follow(): void {
  clearInterval(timer);
  timer = undefined;
  if (listeners.size === 0 || document.hidden) return;
  tick();
  timer = setInterval(tick, TICK_MS);
}

document.addEventListener('visibilitychange', follow);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) follow();
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) follow();
  };
}

/** @param everyMs how fine the time is: a component is drawn again no more often than that. */
export const useNow = (everyMs = TICK_MS): number =>
  useSyncExternalStore(subscribe, () => Math.floor(now / everyMs) * everyMs);
