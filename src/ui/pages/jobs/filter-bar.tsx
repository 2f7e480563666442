/** Search and filters of the list; all of them are in the address. On a phone the filters come when somebody asks for them. */
import { useQuery } from '@tanstack/react-query';
import { SlidersHorizontal, X } from 'lucide-react';
import { useState, type ReactNode, type SubmitEvent } from 'react';
import type { Query } from '../../api/reads.ts';
import { readQuery } from '../../api/use-read.ts';
import { Button } from '../../parts/button.tsx';
import { FacetChoice, FacetMenu } from '../../parts/facet-menu.tsx';
import { Menu } from '../../parts/menu.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { useUrlState } from '../../state/url.ts';
import { facets, filterNames, others } from './filters.ts';

interface FilterBarProps {
  /** The query of the list, of whose jobs the values are counted; null where nothing can fit. */
  readonly fits: Query | null;
  /** Labels of the jobs that were read, as suggestions. */
  readonly labels: () => readonly string[];
  readonly children: ReactNode;
}

export function FilterBar({ fits, labels, children }: FilterBarProps) {
  const url = useUrlState();
  const [isOpen, setOpen] = useState(false);
  const chosen = filterNames.filter((name) => name !== 'q' && url.get(name) !== '').length;
  return (
    <>
      <div className="toolbar">
        <SearchField
          label="Search in names, owners, releases and labels"
          value={url.get('q')}
          onChange={(q) => url.set({ q })}
        />
        <span className="phone-only">
          <Button onClick={() => setOpen(!isOpen)}>
            <SlidersHorizontal aria-hidden /> Filters{chosen > 0 && ` (${chosen})`}
          </Button>
        </span>
        <div className={`filters${isOpen ? ' is-open' : ''}`}>
          {facets.map((facet) => (
            <FacetMenu key={facet.name} title={facet.title} chosen={url.list(facet.name)}>
              <Counted facet={facet} fits={fits} />
            </FacetMenu>
          ))}
          <MoreFilters labels={labels} />
        </div>
        {children}
      </div>
      <Chips />
    </>
  );
}

interface CountedProps {
  readonly facet: (typeof facets)[number];
  readonly fits: Query | null;
}

/** The values of a filter. They are counted while its menu is open: a search must not wait for numbers that nobody sees. */
function Counted({ facet: { name, facet, title }, fits }: CountedProps) {
  const url = useUrlState();
  const { data } = useQuery({
    ...readQuery('/jobs', { query: { ...fits, facets: [facet], limit: 1 } }),
    enabled: fits !== null,
    placeholderData: (old) => old, // a choice must not take the other values away
  });
  return (
    <FacetChoice
      title={title}
      counts={data?.facets?.[facet] ?? {}}
      chosen={url.list(name)}
      onChange={(values) => url.set({ [name]: values.join(',') })}
    />
  );
}

function MoreFilters({ labels }: Pick<FilterBarProps, 'labels'>) {
  const url = useUrlState();
  const turn = (name: 'op' | 'hotfix'): void => url.set({ [name]: url.get(name) === 'any' ? null : 'any' });
  return (
    <Menu staysOpen title="More filters">
      <fieldset className="facet">
        <legend className="unseen">More filters</legend>
        <label>
          <input type="checkbox" checked={url.get('op') === 'any'} onChange={() => turn('op')} /> Operation in progress
        </label>
        <label>
          <input type="checkbox" checked={url.get('hotfix') === 'any'} onChange={() => turn('hotfix')} /> Hotfix
        </label>
      </fieldset>
      <AddFilter name="label" placeholder="Label, such as tier=gold" suggestions={labels} />
      <AddFilter name="release" placeholder="Release or project" suggestions={() => []} />
    </Menu>
  );
}

interface AddFilterProps {
  readonly name: 'label' | 'release';
  readonly placeholder: string;
  readonly suggestions: () => readonly string[];
}

function AddFilter({ name, placeholder, suggestions }: AddFilterProps) {
  const url = useUrlState();
  const [text, setText] = useState('');
  const add = (event: SubmitEvent): void => {
    event.preventDefault();
    const value = text.trim();
    if (value !== '') url.set({ [name]: [...new Set([...url.list(name), value])].join(',') });
    setText('');
  };
  return (
    <form onSubmit={add} className="save-view">
      <input
        aria-label={placeholder}
        placeholder={placeholder}
        list={`suggested-${name}`}
        value={text}
        onChange={({ target }) => setText(target.value)}
      />
      <datalist id={`suggested-${name}`}>
        {suggestions().map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <Button type="submit">Add</Button>
    </form>
  );
}

/** The filters that no menu shows, each with a way to drop it. */
function Chips() {
  const url = useUrlState();
  const chips = others.flatMap(({ name, title }) =>
    url.list(name).map((value) => ({
      key: `${name} ${value}`,
      text: value === 'any' ? title : `${title}: ${value}`,
      drop: () =>
        url.set({
          [name]: url
            .list(name)
            .filter((one) => one !== value)
            .join(','),
        }),
    })),
  );
  const isFiltered = filterNames.some((name) => url.get(name) !== '');
  if (!isFiltered) return null;
  return (
    <p className="chips">
      {chips.map(({ key, text, drop }) => (
        <span key={key} className="tag">
          {text}
          <button type="button" className="tool" aria-label={`Drop the filter ${text}`} onClick={drop}>
            <X aria-hidden />
          </button>
        </span>
      ))}
      <Button look="quiet" onClick={() => url.set(Object.fromEntries(filterNames.map((name) => [name, null])))}>
        Clear the filters
      </Button>
    </p>
  );
}
