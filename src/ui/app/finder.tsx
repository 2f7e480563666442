/** Finds a page or a job by some letters of its name. */
import { useDeferredValue, useState } from 'react';
import { useLocation } from 'wouter';
import { useRead } from '../api/use-read.ts';
import { Dialog } from '../parts/dialog.tsx';
import { createStore, useStore } from '../state/store.ts';

const isOpen = createStore(false);
export const openFinder = (): void => isOpen.set(true);

interface Found {
  readonly name: string;
  readonly kind: string;
  readonly path: string;
}

const PAGES: readonly Found[] = ['Jobs', 'Releases', 'Activity', 'Clusters', 'Settings'].map((name) => ({
  name,
  kind: 'page',
  path: `/${name.toLowerCase()}`,
}));
const MOST = 8;

export function Finder() {
  return useStore(isOpen) ? <FinderDialog onClose={() => isOpen.set(false)} /> : null;
}

function FinderDialog({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState('');
  const [place, setPlace] = useState(0);
  const [, go] = useLocation();
  const found = useFound(text);
  const chosen = found[Math.min(place, found.length - 1)];
  const open = ({ path }: Found): void => {
    onClose();
    go(path);
  };
  return (
    <Dialog title="Find" onClose={onClose}>
      <input
        type="search"
        className="finder"
        aria-label="Name of a page or a job"
        role="combobox"
        aria-expanded
        aria-controls="found"
        aria-activedescendant={chosen && `found-${chosen.path}`}
        autoFocus
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          setPlace(0);
        }}
        onKeyDown={(event) => {
          const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
          if (step !== undefined) setPlace(Math.max(0, Math.min(found.length - 1, place + step)));
          else if (event.key === 'Enter' && chosen) open(chosen);
          else return;
          event.preventDefault();
        }}
      />
      <div role="listbox" id="found" aria-label="Found" className="found">
        {found.map((one) => (
          <div
            key={one.path}
            id={`found-${one.path}`}
            role="option"
            aria-selected={one === chosen}
            onClick={() => open(one)}
          >
            {one.name} <span className="muted">{one.kind}</span>
          </div>
        ))}
      </div>
    </Dialog>
  );
}

function useFound(text: string): readonly Found[] {
  const q = useDeferredValue(text.trim());
  const { data } = useRead('/jobs', { query: { q, limit: MOST } }, { enabled: q !== '' });
  const pages = PAGES.filter(({ name }) => name.toLowerCase().includes(q.toLowerCase()));
  const jobs = q === '' ? [] : (data?.items ?? []);
  return [...jobs.map(({ name }) => ({ name, kind: 'job', path: `/jobs/${name}` })), ...pages].slice(0, MOST);
}
