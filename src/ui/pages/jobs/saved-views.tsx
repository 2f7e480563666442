/** Addresses of the list that a person has given names; the browser keeps them. */
import { Bookmark, X } from 'lucide-react';
import { useState, type SubmitEvent } from 'react';
import { Link, useSearch } from 'wouter';
import { Button } from '../../parts/button.tsx';
import { Menu } from '../../parts/menu.tsx';
import { createKeptStore } from '../../state/kept.ts';
import { useStore } from '../../state/store.ts';

interface SavedView {
  readonly name: string;
  /** The query of the address, without `?`. */
  readonly search: string;
}

const isView = (value: unknown): value is SavedView =>
  typeof value === 'object' &&
  value !== null &&
  typeof Reflect.get(value, 'name') === 'string' &&
  typeof Reflect.get(value, 'search') === 'string';

const saved = createKeptStore<readonly SavedView[]>('browser', 'views', [], (value) =>
  Array.isArray(value) ? value.filter(isView) : null,
);

export function SavedViews() {
  const views = useStore(saved);
  return (
    <Menu staysOpen look="quiet" label="Saved views" title={<Bookmark aria-hidden />}>
      {views.length === 0 && <p className="muted menu-note">No view is saved.</p>}
      {views.map(({ name, search }) => (
        <span key={name} className="saved-view">
          <Link href={`/jobs?${search}`}>{name}</Link>
          <Button
            look="quiet"
            label={`Forget the view ${name}`}
            onClick={() => saved.set((now) => now.filter((one) => one.name !== name))}
          >
            <X aria-hidden />
          </Button>
        </span>
      ))}
      <hr />
      <SaveForm />
    </Menu>
  );
}

function SaveForm() {
  const search = useSearch();
  const [name, setName] = useState('');
  const save = (event: SubmitEvent): void => {
    event.preventDefault();
    const text = name.trim();
    if (text === '') return;
    saved.set((now) => [...now.filter((one) => one.name !== text), { name: text, search }]);
    setName('');
  };
  return (
    <form onSubmit={save} className="save-view">
      <input
        aria-label="Name of this view"
        placeholder="Name of this view"
        value={name}
        onChange={({ target }) => setName(target.value)}
      />
      <Button type="submit" whyNot={name.trim() === '' ? 'Give the view a name' : null}>
        Save
      </Button>
    </form>
  );
}
