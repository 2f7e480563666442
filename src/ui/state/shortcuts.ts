/** Keys that do something, by the parts of the page that are there. The newest part that has a key gets it. */
import { useEffect, useEffectEvent } from 'react';
import { createStore, useStore } from './store.ts';

export interface Shortcut {
  /** A key as the keyboard names it, `Ctrl-k`, or two keys one after the other, such as `g j`. */
  readonly keys: string;
  /** The words of the help. */
  readonly does: string;
  readonly act: () => void;
}

const SEQUENCE_MS = 1_200;

const groups = createStore<readonly (readonly Shortcut[])[]>([]);
let begun: { readonly key: string; readonly at: number } | null = null;

/** Offers keys while the component is there. */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const act = useEffectEvent((keys: string) => shortcuts.find((one) => one.keys === keys)?.act());
  const signature = shortcuts.map(({ keys, does }) => `${keys}\t${does}`).join('\n');
  useEffect(() => {
    const group = signature.split('\n').map((line) => {
      const [keys = '', does = ''] = line.split('\t');
      return { keys, does, act: () => act(keys) };
    });
    groups.set((now) => [...now, group]);
    return () => groups.set((now) => now.filter((one) => one !== group));
  }, [signature]);
}

/** Every key that does something now, for the help. */
export function useAllShortcuts(): readonly Shortcut[] {
  const all = useStore(groups).flat().toReversed();
  return all.filter(({ keys }, place) => all.findIndex((one) => one.keys === keys) === place).toReversed();
}

const find = (keys: string): Shortcut | undefined =>
  groups
    .get()
    .flat()
    .findLast((one) => one.keys === keys);

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.altKey) return;
  const hasControl = event.ctrlKey || event.metaKey;
  if (isTyping(event) && !hasControl) return;
  // A dialog has the keyboard to itself.
  if (document.querySelector('dialog[open]')) return;
  const key = hasControl ? `Ctrl-${event.key}` : event.key;
  const first = begun !== null && event.timeStamp - begun.at < SEQUENCE_MS ? begun.key : null;
  const shortcut = (first === null ? undefined : find(`${first} ${key}`)) ?? find(key);
  begun = shortcut ? null : { key, at: event.timeStamp };
  if (!shortcut) return;
  event.preventDefault();
  shortcut.act();
}

function isTyping({ target }: KeyboardEvent): boolean {
  return target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable=true]') !== null;
}

document.addEventListener('keydown', onKey);
