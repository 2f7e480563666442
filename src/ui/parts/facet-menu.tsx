/** A filter with its values, and how many there are of each where that is known; several may be chosen. */
import type { ReactNode } from 'react';
import { Menu } from './menu.tsx';
import { countText } from './data/format.ts';

interface FacetMenuProps {
  readonly title: string;
  readonly chosen: readonly string[];
  /** The values, which are drawn while the menu is open. */
  readonly children: ReactNode;
}

export const FacetMenu = ({ title, chosen, children }: FacetMenuProps) => (
  <Menu staysOpen title={chosen.length === 0 ? title : `${title}: ${chosen.join(', ')}`}>
    {children}
  </Menu>
);

interface FacetChoiceProps extends Omit<FacetMenuProps, 'children'> {
  readonly counts?: Readonly<Record<string, number>>;
  /** All values, in their order, where nothing counts them. */
  readonly values?: readonly string[];
  readonly onChange: (chosen: readonly string[]) => void;
}

export function FacetChoice({ title, counts, values: given, chosen, onChange }: FacetChoiceProps) {
  const known = given ?? Object.keys(counts ?? {}).sort(byCount(counts ?? {}));
  // A value that was chosen stays in the list when nothing has it any more.
  const values = [...new Set([...known, ...chosen])];
  const turn = (value: string): void =>
    onChange(chosen.includes(value) ? chosen.filter((one) => one !== value) : [...chosen, value]);
  return (
    <fieldset className="facet">
      <legend className="unseen">{title}</legend>
      {values.length === 0 && <p className="muted">No values</p>}
      {values.map((value) => (
        <label key={value}>
          <input type="checkbox" checked={chosen.includes(value)} onChange={() => turn(value)} />
          <span>{value}</span>
          {counts && <span className="muted number">{countText(counts[value] ?? 0)}</span>}
        </label>
      ))}
    </fieldset>
  );
}

const byCount =
  (counts: Readonly<Record<string, number>>) =>
  (a: string, b: string): number =>
    (counts[b] ?? 0) - (counts[a] ?? 0);

/** A filter whose values are there at once. */
export const ValueMenu = (props: FacetChoiceProps) => (
  <FacetMenu title={props.title} chosen={props.chosen}>
    <FacetChoice {...props} />
  </FacetMenu>
);
