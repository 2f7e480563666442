/** The hotfix that a draft makes, beside the one that is active. Pure. */
import type { Overrides } from './editor/overrides.ts';

interface Changes {
  readonly overrides: Overrides;
  readonly takenBack: Overrides;
  readonly expiresIn: string;
}

/**
 * The draft beside the hotfix that is active now. It no longer takes back values of an earlier hotfix, because the values step
 * shows the active one alone.
 */
export function besideHotfix<T extends Pick<Changes, 'takenBack'>>(draft: T, active: Overrides | null): T {
  const { set, unset } = draft.takenBack;
  const isActive = (path: string): boolean => active !== null && (path in active.set || active.unset.includes(path));
  const takenBack = {
    set: Object.fromEntries(Object.entries(set).filter(([path]) => isActive(path))),
    unset: unset.filter(isActive),
  };
  return { ...draft, takenBack };
}

/** The hotfix that goes out: own values win over those that are taken back. */
export function hotfixOf({ overrides, takenBack, expiresIn }: Changes): (Overrides & { expiresIn?: string }) | null {
  const own = (path: string): boolean => path in overrides.set || overrides.unset.includes(path);
  const set = { ...takenBack.set, ...overrides.set };
  const kept = Object.fromEntries(Object.entries(set).filter(([path]) => !overrides.unset.includes(path)));
  const unset = [...takenBack.unset.filter((path) => !own(path)), ...overrides.unset];
  if (Object.keys(kept).length + unset.length === 0) return null;
  return { set: kept, unset, ...(expiresIn === '' ? {} : { expiresIn }) };
}
