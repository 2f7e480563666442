/** Whether anybody can see the tab. A hidden tab asks for nothing. */
import { useSyncExternalStore } from 'react';

export const isVisible = (): boolean => !document.hidden;

export function onVisibility(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener);
  return () => document.removeEventListener('visibilitychange', listener);
}

export const useVisible = (): boolean => useSyncExternalStore(onVisibility, isVisible);
