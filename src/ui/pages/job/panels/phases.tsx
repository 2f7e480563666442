/** The phases of the operation in progress, as they go on. */
import type { JobBody } from '../../../../api/contract.ts';
import { PhaseList } from '../../../parts/data/phase-list.tsx';
import { Panel } from '../../../parts/panel.tsx';
import { comingPhases } from '../../../parts/operation/operation-course.ts';

interface PhasesProps {
  readonly job: JobBody;
  readonly operation: NonNullable<JobBody['operation']>;
}

export const Phases = ({ job, operation }: PhasesProps) => (
  <Panel title="This operation">
    <PhaseList
      label={`Phases of the ${operation.kind}`}
      spans={operation.phases}
      coming={comingPhases({ operation, deployment: job.deployment })}
      usualMs={job.usualMs}
    />
  </Panel>
);
