/**
 * A component whose code is fetched when it is needed. While the API does not answer it is asked for again, because React keeps
 * the first failure for ever; the bar says meanwhile what does not answer, or that the page is older than the API.
 */
import { lazy, type ComponentType } from 'react';

const PAUSE_MS = 2_000;

export const fetched = <P>(load: () => Promise<{ readonly default: ComponentType<P> }>) =>
  lazy(async () => {
    for (;;) {
      try {
        return await load();
      } catch {
        dropFailedStyles();
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  });

/** A style that did not come would count as there. */
function dropFailedStyles(): void {
  for (const link of document.querySelectorAll<HTMLLinkElement>('link[rel=stylesheet]')) if (!link.sheet) link.remove();
}
