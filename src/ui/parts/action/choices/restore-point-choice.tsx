/** The restore points of a job, of which a start takes one. A broken one cannot be chosen, and says why. */
import { useId } from 'react';
import type { RestorePointItem } from '../../../../api/contract.ts';
import { pointStates, takenWords } from '../../../../domain/restore-points/point-words.ts';
import { useRead } from '../../../api/use-read.ts';
import { bytesText } from '../../data/format.ts';
import { Time } from '../../data/time.tsx';
import { Loaded } from '../../panel.tsx';
import { Empty } from '../../states.tsx';

interface RestorePointChoiceProps {
  readonly job: string;
  readonly chosen: string;
  readonly onChoose: (path: string) => void;
}

export function RestorePointChoice({ job, chosen, onChoose }: RestorePointChoiceProps) {
  const points = useRead('/jobs/{job}/restore-points', { params: { job }, query: { limit: 100 } });
  const name = useId();
  return (
    <div className="scroll point-list" tabIndex={0} role="region" aria-label="Restore points">
      <Loaded query={points} rows={3}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="The job has no restore points." />
          ) : (
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">Kind</th>
                  <th scope="col">Completed</th>
                  <th scope="col">Of</th>
                  <th scope="col">Size</th>
                  <th scope="col">Flink</th>
                  <th scope="col">State</th>
                </tr>
              </thead>
              <tbody>
                {items.map((point) => (
                  <Row key={point.path} {...{ point, name, onChoose }} isChosen={point.path === chosen} />
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
    </div>
  );
}

interface RowProps {
  readonly point: RestorePointItem;
  readonly name: string;
  readonly isChosen: boolean;
  readonly onChoose: (path: string) => void;
}

function Row({ point, name, isChosen, onChoose }: RowProps) {
  const { path, kind, taken, completedAt, deployment, bytes, flinkVersion, state, problem } = point;
  const { word, startable } = pointStates[state];
  return (
    <tr className={startable ? undefined : 'off'}>
      <td>
        <label title={path}>
          <input type="radio" name={name} checked={isChosen} disabled={!startable} onChange={() => onChoose(path)} />{' '}
          {kind} <span className="muted">{takenWords[taken]}</span>
        </label>
      </td>
      <td>
        <Time at={completedAt} />
        {isChosen && completedAt !== null && (
          <p className="muted">
            Records since <Time at={completedAt} as="moment" /> are read again.
          </p>
        )}
      </td>
      <td className="number">{deployment === null ? '–' : `#${deployment}`}</td>
      <td className="number">{bytes === null ? '–' : bytesText(bytes)}</td>
      <td className="number">{flinkVersion ?? '–'}</td>
      <td>
        <span className={state === 'broken' ? 'tone-bad' : state === 'verified' ? undefined : 'tone-warn'}>{word}</span>
        {problem !== null && <p className="muted">{problem}</p>}
      </td>
    </tr>
  );
}
