/** The hotfix that the edits make: each path with the value as released and as edited, how much room is left, how long it lasts. */
import { HOTFIX_MAX_AGE } from '../../../../domain/deployment-file/deployment-file.ts';
import { hotfixLimits } from '../../../../domain/hotfix/request.ts';
import { textOf } from '../../../../domain/values/text-of.ts';
import { Field } from '../../../parts/field.tsx';
import { Panel } from '../../../parts/panel.tsx';
import type { InputError } from '../../../../domain/errors/errors.ts';
import type { Draft } from '../draft.ts';
import { countOf, sizeOf, valuesIn } from './overrides.ts';

interface OwnValuesProps {
  readonly released: string;
  readonly draft: Draft;
  readonly onChange: (part: Partial<Draft>) => void;
  readonly errors: readonly InputError[];
  /** Shows a line of the editor. */
  readonly onLine: (line: number) => void;
  /** `hotfix.maxAge` of the file; null where it has none of its own. */
  readonly maxAge: string | null;
}

export function OwnValues({ released, draft, onChange, errors, onLine, maxAge }: OwnValuesProps) {
  const { overrides, expiresIn } = draft;
  const count = countOf(overrides);
  if (count === 0) {
    return (
      <Panel title={errors.length > 0 ? 'The file has mistakes' : 'As released'}>
        <Mistakes errors={errors} onLine={onLine} />
        {errors.length === 0 && <p className="muted">A value that you change becomes a hotfix of this deployment.</p>}
      </Panel>
    );
  }
  const { set, unset } = overrides;
  const before = valuesIn(released, [...Object.keys(set), ...unset]);
  const { paths, characters } = sizeOf(overrides);
  return (
    <Panel title="Your hotfix">
      <ul className="overrides">
        {[...Object.entries(set), ...unset.map((path) => [path, undefined] as const)].map(([path, value]) => (
          <li key={path}>
            <code>{path}</code>
            <span>
              <del>{shown(before[path])}</del> <ins>{shown(value)}</ins>
            </span>
          </li>
        ))}
      </ul>
      <Mistakes errors={errors} onLine={onLine} />
      <p className="muted number">
        {paths} of {hotfixLimits.paths} paths, {characters} of {hotfixLimits.characters} characters
      </p>
      <Field
        label="It lasts"
        hint={`Such as 12h or 2d. Empty: as long as the file allows (${maxAge ?? HOTFIX_MAX_AGE}).`}
      >
        {(control) => (
          <input
            {...control}
            value={expiresIn}
            onChange={({ target }) => onChange({ expiresIn: target.value.trim() })}
          />
        )}
      </Field>
    </Panel>
  );
}

export const shown = (value: unknown): string => (value === undefined ? 'not set' : textOf(value));

/** The words of the validator, each with the way to its line. */
const Mistakes = ({ errors, onLine }: Pick<OwnValuesProps, 'errors' | 'onLine'>) => (
  <ul className="mistakes tone-bad" aria-label="Mistakes" aria-live="polite">
    {errors.map(({ path, line = 1, message }) => (
      <li key={`${path} ${message}`}>
        <button type="button" onClick={() => onLine(line)}>
          Line {line}
        </button>{' '}
        {message}
      </li>
    ))}
  </ul>
);
