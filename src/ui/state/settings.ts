/** The choices of a person about how everything looks: theme and time zone. */
import { createKeptStore } from './kept.ts';
import { useStore } from './store.ts';
import { zones, type Zone } from './zone.ts';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

interface Settings {
  readonly theme: Theme;
  readonly zone: Zone;
}

const DEFAULTS: Settings = { theme: 'system', zone: 'local' };

function parse(value: unknown): Settings | null {
  if (typeof value !== 'object' || value === null) return null;
  const { theme, zone } = value as Partial<Settings>;
  return {
    theme: themes.find((one) => one === theme) ?? DEFAULTS.theme,
    zone: zones.find((one) => one === zone) ?? DEFAULTS.zone,
  };
}

const settings = createKeptStore('browser', 'settings', DEFAULTS, parse);

export const useSettings = (): Settings => useStore(settings);
export const changeSettings = (change: Partial<Settings>): void => settings.set((now) => ({ ...now, ...change }));

/** Shows the theme from now on, also when it changes. */
export function applySettings(): void {
  const apply = (): void => {
    const { theme } = settings.get();
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  };
  apply();
  settings.subscribe(apply);
}
