/** The phases of the operation in progress, as they go on. */
import type { JobBody } from '../../../../api/contract.ts';
import { Gantt } from '../../../parts/operation/gantt.tsx';
import { comingPhases } from '../../../parts/operation/operation-course.ts';
import { Panel } from '../../../parts/panel.tsx';

interface PhasesProps {
  readonly job: JobBody;
  readonly operation: NonNullable<JobBody['operation']>;
}

export const Phases = ({ job, operation }: PhasesProps) => (
  <Panel title="This operation">
    <Gantt
      isBrief
      operation={operation}
      toCome={comingPhases({ operation, deployment: job.deployment, state: job.state })}
      usualMs={job.usualMs}
    />
  </Panel>
);
