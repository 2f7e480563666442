/** Options of Flink whose value or origin is another one. Values of secrets are hidden by the API: only that they change is told. */
import { HIDDEN } from '../../../domain/secrets/redact.ts';
import type { Changed } from './counts.ts';

type Change = Changed['configuration'][number];

export function ConfigurationChanges({ changes }: { readonly changes: Changed }) {
  const { configuration, configurationLeftOut } = changes;
  return (
    <>
      <table className="table stacks">
        <thead>
          <tr>
            <th scope="col">Option</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {configuration.map((change) => (
            <tr key={change.key}>
              <th scope="row">
                <code>{change.key}</code>
              </th>
              <Sides change={change} />
            </tr>
          ))}
        </tbody>
      </table>
      {configurationLeftOut > 0 && (
        <p className="muted">{`${configurationLeftOut} more, which are left out because the list is too long.`}</p>
      )}
    </>
  );
}

function Sides({ change: { before, after, originBefore, originAfter } }: { readonly change: Change }) {
  if (before === HIDDEN && after === HIDDEN && originBefore === originAfter) {
    return (
      <td colSpan={2}>
        <i>changed, hidden</i> <Origin name={originAfter} />
      </td>
    );
  }
  return (
    <>
      <Value value={before} origin={originBefore} isChanged={before !== after} look="drop" />
      <Value value={after} origin={originAfter} isChanged={before !== after} look="add" />
    </>
  );
}

interface ValueProps {
  readonly value: string | null;
  readonly origin: Change['originAfter'];
  readonly isChanged: boolean;
  readonly look: 'add' | 'drop';
}

function Value({ value, origin, isChanged, look }: ValueProps) {
  if (value === null) return <td className="muted">not set</td>;
  return (
    <td>
      {value === HIDDEN ? <i>hidden</i> : <code className={isChanged ? look : undefined}>{value}</code>}{' '}
      <Origin name={origin} />
    </td>
  );
}

const Origin = ({ name }: { readonly name: string | null }) =>
  name === null ? null : <span className="muted origin">{name}</span>;
