/** Values that outlive the page: in this browser, or in this tab. A browser may refuse to keep any. */
import { createStore, type Store } from './store.ts';

type Place = 'browser' | 'tab';

const placeOf = (place: Place): Storage => (place === 'browser' ? localStorage : sessionStorage);

/** @returns null for a text that was not kept, or that `parse` does not take. */
export function readKept<T>(place: Place, key: string, parse: (value: unknown) => T | null): T | null {
  try {
    const text = placeOf(place).getItem(`sluice.${key}`);
    return text === null ? null : parse(JSON.parse(text));
  } catch {
    return null;
  }
}

export function keep(place: Place, key: string, value: unknown): void {
  try {
    if (value === null) placeOf(place).removeItem(`sluice.${key}`);
    else placeOf(place).setItem(`sluice.${key}`, JSON.stringify(value));
  } catch {
    // Private windows and full disks: the value is good until the page is left.
  }
}

/** Forgets what this tab keeps, such as texts that nobody has sent. */
export function forgetTab(): void {
  try {
    const keys = Object.keys(sessionStorage).filter((key) => key.startsWith('sluice.'));
    for (const key of keys) sessionStorage.removeItem(key);
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

/** A store whose value is kept. @param parse judges what was kept, perhaps by an older console. */
export function createKeptStore<T>(
  place: Place,
  key: string,
  initial: T,
  parse: (value: unknown) => T | null,
): Store<T> {
  const store = createStore(readKept(place, key, parse) ?? initial);
  store.subscribe(() => keep(place, key, store.get()));
  return store;
}
