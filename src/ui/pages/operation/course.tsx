/** The phases with their times, and on demand the activities that are under way. */
import { useState } from 'react';
import { useRead } from '../../api/use-read.ts';
import { Time } from '../../parts/data/time.tsx';
import { Loaded, Panel } from '../../parts/panel.tsx';
import { comingPhases } from '../../parts/operation/operation-course.ts';
import { Gantt } from '../../parts/operation/gantt.tsx';
import type { Shown } from './use-operation.ts';

const STEPS_EVERY_MS = 3_000;

export function Course({ operation, job, isHolder }: Shown) {
  return (
    <Panel title="Phases">
      <div className="scroll">
        <Gantt
          operation={operation}
          deadlineAt={isHolder ? job?.deadlineAt : null}
          usualMs={job?.usualMs}
          toCome={isHolder ? comingPhases({ operation, deployment: job?.deployment ?? null, state: job?.state }) : []}
        />
      </div>
      {operation.endedAt === null && <StepsOnDemand job={operation.job} id={operation.id} />}
    </Panel>
  );
}

function StepsOnDemand({ job, id }: { readonly job: string; readonly id: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="steps" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Steps that are under way</summary>
      {isOpen && <Steps job={job} id={id} />}
    </details>
  );
}

function Steps({ job, id }: { readonly job: string; readonly id: string }) {
  const query = useRead('/jobs/{job}/operations/{id}/steps', { params: { job, id } }, { everyMs: STEPS_EVERY_MS });
  return (
    <Loaded query={query} rows={2}>
      {({ steps }) =>
        steps.length === 0 ? (
          <p className="muted">No activity is under way: the workflow itself is at work.</p>
        ) : (
          <table className="table stacks-4">
            <thead>
              <tr>
                <th scope="col">Activity</th>
                <th scope="col">Attempt</th>
                <th scope="col">Seen</th>
                <th scope="col">Failed before</th>
              </tr>
            </thead>
            <tbody>
              {steps.map(({ name, attempt, seen, at, lastFailure }) => (
                <tr key={name}>
                  <th scope="row">
                    <code>{name}</code>
                  </th>
                  <td className="number">{attempt}</td>
                  <td>
                    {seen ?? '–'} {at !== null && <span className="muted">{<Time at={at} />}</span>}
                  </td>
                  <td className={lastFailure === null ? 'muted' : 'tone-bad'}>{lastFailure ?? '–'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )
      }
    </Loaded>
  );
}
