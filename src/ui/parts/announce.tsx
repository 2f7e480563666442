/** Tells in a line, to eyes and to screen readers, that something has happened. */
import { createStore, useStore } from '../state/store.ts';

const SHOWN_MS = 4_000;

const line = createStore('');
let timer: ReturnType<typeof setTimeout> | undefined;

export function announce(text: string): void {
  clearTimeout(timer);
  line.set(text);
  timer = setTimeout(() => line.set(''), SHOWN_MS);
}

/** The place of that line; the frame has one. */
export function Announcements() {
  const text = useStore(line);
  return (
    <div className="announcement" role="status">
      {text}
    </div>
  );
}
