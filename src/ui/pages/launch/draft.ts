/** The choices of a launch that is not sent yet. They outlive the page in this tab, and a login that was needed on the way. */
import { useState } from 'react';
import type { Fields } from '../../parts/action/choices/start-from.tsx';
import { keep, readKept } from '../../state/kept.ts';
import type { Overrides } from './editor/overrides.ts';

export interface Draft {
  /** The edited text of the deployment file; null while it is as released. */
  readonly text: string | null;
  /** The hotfix that the text makes. */
  readonly overrides: Overrides;
  /** How many mistakes the text has. */
  readonly mistakes: number;
  /** Paths of the active hotfix that go back to the value of the file, or to none. */
  readonly takenBack: Overrides;
  /** How long the hotfix lasts; empty: as long as the file allows. */
  readonly expiresIn: string;
  /** Fields about the state from which it starts. */
  readonly start: Fields;
}

const NOTHING: Overrides = { set: {}, unset: [] };
export const EMPTY: Draft = {
  text: null,
  overrides: NOTHING,
  mistakes: 0,
  takenBack: NOTHING,
  expiresIn: '',
  start: {},
};

/** A text of this page, of this tab: anything else that is kept under the name is dropped. */
const parse = (value: unknown): Draft | null =>
  typeof value === 'object' && value !== null && 'overrides' in value
    ? { ...EMPTY, ...(value as Partial<Draft>) }
    : null;

const keyOf = (job: string, release: string): string => `launch.${job}.${release}`;

interface Drafting {
  readonly draft: Draft;
  readonly change: (part: Partial<Draft>) => void;
  readonly drop: () => void;
}

/** The draft of a job and a release: another release has another file. */
export function useDraft(job: string, release: string): Drafting {
  const key = keyOf(job, release);
  const [held, setHeld] = useState<{ readonly key: string; readonly draft: Draft }>(() => ({ key, draft: read(key) }));
  const draft = held.key === key ? held.draft : read(key);
  if (held.key !== key) setHeld({ key, draft });
  return {
    draft,
    change(part) {
      setHeld((now) => {
        const next = { ...(now.key === key ? now.draft : read(key)), ...part };
        keep('tab', key, next);
        return { key, draft: next };
      });
    },
    drop() {
      keep('tab', key, null);
      setHeld({ key, draft: EMPTY });
    },
  };
}

const read = (key: string): Draft => readKept('tab', key, parse) ?? EMPTY;

/** Keeps a draft for a job and a release that somebody comes to next, in the place of an older one: these values were asked for. */
export const prepareDraft = (job: string, release: string, draft: Partial<Draft>): void =>
  keep('tab', keyOf(job, release), { ...EMPTY, ...draft });
