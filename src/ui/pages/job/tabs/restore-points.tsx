/** All restore points of a job, each with a start from it. */
import { useList, useRead } from '../../../api/use-read.ts';
import { Loaded, Panel } from '../../../parts/panel.tsx';
import { RestorePointTable } from '../panels/restore-point-table.tsx';
import { More } from '../more.tsx';
import type { TabProps } from '../tab-props.ts';

export default function RestorePointsTab({ job }: TabProps) {
  const { data } = useRead('/jobs/{job}', { params: { job } });
  const points = useList('/jobs/{job}/restore-points', { params: { job } }, { limit: 50, isStreamed: true });
  return (
    <Panel title="Restore points">
      <Loaded query={points} rows={10}>
        {({ pages }) => (
          <>
            <RestorePointTable job={job} points={pages.flatMap(({ items }) => items)} startable={data} />
            <More list={points} />
          </>
        )}
      </Loaded>
    </Panel>
  );
}
