/** Chooses the columns; the browser keeps the choice. */
import { Columns3 } from 'lucide-react';
import { useMemo } from 'react';
import { Menu } from '../../../parts/menu.tsx';
import { createKeptStore } from '../../../state/kept.ts';
import { useStore } from '../../../state/store.ts';

const parse = (value: unknown): readonly string[] | null =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : null;

const hidden = createKeptStore<readonly string[]>('browser', 'hidden-columns', ['labels'], parse);

/** These say which job a row is of. */
const ALWAYS: readonly string[] = ['name', 'state', 'tools'];

interface ColumnName {
  readonly key: string;
  readonly title: string;
}

export function useChosenColumns<T extends ColumnName>(columns: readonly T[]): readonly T[] {
  const left = useStore(hidden);
  return useMemo(() => columns.filter(({ key }) => !left.includes(key)), [columns, left]);
}

const turn = (key: string): void =>
  hidden.set((now) => (now.includes(key) ? now.filter((one) => one !== key) : [...now, key]));

export function ColumnMenu({ columns }: { readonly columns: readonly ColumnName[] }) {
  const left = useStore(hidden);
  return (
    <Menu staysOpen look="quiet" label="Columns" title={<Columns3 aria-hidden />}>
      <fieldset className="facet">
        <legend className="unseen">Columns</legend>
        {columns
          .filter(({ key }) => !ALWAYS.includes(key))
          .map(({ key, title }) => (
            <label key={key}>
              <input type="checkbox" checked={!left.includes(key)} onChange={() => turn(key)} /> {title}
            </label>
          ))}
      </fieldset>
    </Menu>
  );
}
