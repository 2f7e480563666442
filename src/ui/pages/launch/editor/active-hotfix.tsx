/** The hotfix that is active, as a layer of its own: each value stays over the released file, unless somebody takes it back. */
import type { JobBody } from '../../../../api/contract.ts';
import { Button } from '../../../parts/button.tsx';
import { Time } from '../../../parts/data/time.tsx';
import { Panel } from '../../../parts/panel.tsx';
import type { Draft } from '../draft.ts';
import { valuesIn, type Overrides } from './overrides.ts';
import { shown } from './own-values.tsx';

interface ActiveHotfixProps {
  readonly released: string;
  readonly draft: Draft;
  readonly onChange: (part: Partial<Draft>) => void;
  readonly hotfix: NonNullable<JobBody['hotfix']>;
}

export function ActiveHotfix({ released, draft, onChange, hotfix }: ActiveHotfixProps) {
  const { takenBack, overrides } = draft;
  const paths = [...Object.keys(hotfix.set), ...hotfix.unset];
  const inFile = valuesIn(released, paths);
  const isTakenBack = (path: string): boolean => path in takenBack.set || takenBack.unset.includes(path);
  const isOverridden = (path: string): boolean => path in overrides.set || overrides.unset.includes(path);
  const turn = (path: string): void =>
    onChange({ takenBack: isTakenBack(path) ? without(takenBack, path) : withPath(takenBack, path, inFile) });
  return (
    <Panel title="Active hotfix">
      <p className="muted">
        By {hotfix.actor}
        {hotfix.reason !== null && `: ${hotfix.reason}`}. Expires <Time at={hotfix.expiresAt} />.
      </p>
      {hotfix.reminder !== null && <p className="tone-warn">{hotfix.reminder}</p>}
      <ul className="overrides">
        {paths.map((path) => (
          <li key={path}>
            <code>{path}</code>
            <span>
              {isTakenBack(path) ? (
                <>
                  <del>{shown(hotfix.set[path])}</del> <ins>{shown(inFile[path])}</ins> as released
                </>
              ) : isOverridden(path) ? (
                <>
                  <del>{shown(hotfix.set[path])}</del> your value wins
                </>
              ) : (
                <>
                  {shown(hotfix.set[path])} <span className="muted">over {shown(inFile[path])}, kept</span>
                </>
              )}
            </span>
            <Button onClick={() => turn(path)} label={isTakenBack(path) ? `Keep ${path}` : `Take ${path} back`}>
              {isTakenBack(path) ? 'Keep' : 'Take back'}
            </Button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** A hotfix only merges: a value goes back as the one of the file, or as none. */
const withPath = ({ set, unset }: Overrides, path: string, inFile: Readonly<Record<string, unknown>>): Overrides =>
  path in inFile ? { set: { ...set, [path]: inFile[path] }, unset } : { set, unset: [...unset, path] };

const without = ({ set, unset }: Overrides, path: string): Overrides => ({
  set: Object.fromEntries(Object.entries(set).filter(([one]) => one !== path)),
  unset: unset.filter((one) => one !== path),
});
