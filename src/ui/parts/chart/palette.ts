/** The colours of the page for a canvas, which knows no custom properties. They change with the theme. */
import { useSyncExternalStore } from 'react';
import { useSettings } from '../../state/settings.ts';

export interface Palette {
  readonly ink: string;
  readonly line: string;
  readonly series: readonly string[];
}

const themeQueries = ['(prefers-color-scheme: dark)', '(forced-colors: active)'].map((query) => matchMedia(query));

function subscribe(listener: () => void): () => void {
  for (const query of themeQueries) query.addEventListener('change', listener);
  return () => {
    for (const query of themeQueries) query.removeEventListener('change', listener);
  };
}

/** A name that is another one when the colours are others. */
export function usePaletteName(): string {
  const { theme } = useSettings();
  const system = useSyncExternalStore(subscribe, () => themeQueries.map(({ matches }) => String(matches)).join());
  return `${theme} ${system}`;
}

/** Lets the browser resolve the colours of classes, at a place of the page. */
export function paletteOf(place: HTMLElement, count: number): Palette {
  const probe = document.createElement('span');
  place.append(probe);
  const colourOf = (name: string): string => {
    probe.className = name;
    return getComputedStyle(probe).color;
  };
  const series = Array.from({ length: count }, (_none, index) => colourOf(`series-${index + 1}`));
  const palette = { ink: colourOf('muted'), line: colourOf('chart-line'), series };
  probe.remove();
  return palette;
}
