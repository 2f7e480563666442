/** The choices of a person about how everything looks: theme, time zone, density. */
import { createKeptStore } from './kept.ts';
import { useStore } from './store.ts';
import { zones, type Zone } from './zone.ts';

export const themes = ['system', 'light', 'dark'] as const;
type Theme = (typeof themes)[number];
export const themeWords: Readonly<Record<Theme, string>> = { system: 'As the system', light: 'Light', dark: 'Dark' };

export const densities = ['calm', 'dense'] as const;
type Density = (typeof densities)[number];
export const densityWords: Readonly<Record<Density, string>> = { calm: 'Calm', dense: 'Dense: more rows on a screen' };

interface Settings {
  readonly theme: Theme;
  readonly zone: Zone;
  readonly density: Density;
}

const DEFAULTS: Settings = { theme: 'system', zone: 'local', density: 'calm' };

function parse(value: unknown): Settings | null {
  if (typeof value !== 'object' || value === null) return null;
  const { theme, zone, density } = value as Partial<Settings>;
  return {
    theme: themes.find((one) => one === theme) ?? DEFAULTS.theme,
    zone: zones.find((one) => one === zone) ?? DEFAULTS.zone,
    density: densities.find((one) => one === density) ?? DEFAULTS.density,
  };
}

const settings = createKeptStore('browser', 'settings', DEFAULTS, parse);

export const useSettings = (): Settings => useStore(settings);
export const changeSettings = (change: Partial<Settings>): void => settings.set((now) => ({ ...now, ...change }));

/** Shows theme and density from now on, also when they change. */
export function applySettings(): void {
  const apply = (): void => {
    const { theme, density } = settings.get();
    document.documentElement.dataset['density'] = density;
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  };
  apply();
  settings.subscribe(apply);
}
