/** The filters of the activity. Values of environments, clusters and owners are those of the jobs. */
import { outcomes, recordedKinds } from '../../../domain/lifecycle.ts';
import { doors } from '../../../domain/operation/doors.ts';
import { useRead } from '../../api/use-read.ts';
import { Button } from '../../parts/button.tsx';
import { ValueMenu } from '../../parts/facet-menu.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { useSettings } from '../../state/settings.ts';
import { useUrlState } from '../../state/url.ts';
import { fieldOf, momentOf, spans, startOfDay } from './filter.ts';

interface FiltersProps {
  readonly isFiltered: boolean;
  readonly onClear: () => void;
}

const facets = ['environment', 'cluster', 'owner'] as const;

export function Filters({ isFiltered, onClear }: FiltersProps) {
  const url = useUrlState();
  const { data } = useRead('/jobs', { query: { limit: 1, facets } });
  const valuesOf = (facet: (typeof facets)[number]): readonly string[] =>
    Object.keys(data?.facets?.[facet] ?? {}).sort();
  const menus = [
    { name: 'kind', title: 'Kind', values: recordedKinds },
    { name: 'outcome', title: 'Outcome', values: ['inProgress', ...outcomes] },
    { name: 'via', title: 'Door', values: Object.keys(doors) },
    { name: 'env', title: 'Environment', values: valuesOf('environment') },
    { name: 'cluster', title: 'Cluster', values: valuesOf('cluster') },
    { name: 'owner', title: 'Owner', values: valuesOf('owner') },
  ];
  return (
    <div className="toolbar">
      {menus.map(({ name, title, values }) => (
        <ValueMenu
          key={name}
          title={title}
          values={values}
          chosen={url.list(name)}
          onChange={(chosen) => url.set({ [name]: chosen.join(',') })}
        />
      ))}
      <Span />
      <SearchField
        label="By whom"
        placeholder="By whom, as the history names them"
        value={url.get('actor')}
        onChange={(actor) => url.set({ actor })}
      />
      {isFiltered && (
        <Button look="quiet" onClick={onClear}>
          Clear
        </Button>
      )}
    </div>
  );
}

const BETWEEN = 'between';

/** A span up to now, or one between two moments. */
function Span() {
  const url = useUrlState();
  const { zone } = useSettings();
  const [since, until] = [url.get('since'), url.get('until')];
  const isSpan = spans.some(({ name }) => name === since);
  const isBetween = (since !== '' && !isSpan) || until !== '';
  const choose = (value: string): void =>
    url.set({ since: value === BETWEEN ? startOfDay(Date.now(), zone) : value, until: null }, { isStep: true });
  return (
    <>
      <select
        aria-label="When it ended"
        value={isBetween ? BETWEEN : since}
        onChange={({ target }) => choose(target.value)}
      >
        <option value="">Any time</option>
        {spans.map(({ name, title }) => (
          <option key={name} value={name}>
            {title}
          </option>
        ))}
        <option value={BETWEEN}>Between…</option>
      </select>
      {isBetween &&
        (['since', 'until'] as const).map((name) => (
          <input
            key={name}
            type="datetime-local"
            aria-label={name === 'since' ? 'Ended since' : 'Ended until'}
            value={fieldOf(url.get(name), zone)}
            onChange={({ target }) => url.set({ [name]: momentOf(target.value, zone) })}
          />
        ))}
    </>
  );
}
