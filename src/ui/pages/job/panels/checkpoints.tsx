/** The checkpoints of the running instance: the newest one, those that failed, and the last ten as a chart. */
import type { JobBody } from '../../../../api/contract.ts';
import type { CheckpointsBody } from '../../../../api/figures-contract.ts';
import { useRead } from '../../../api/use-read.ts';
import { TimeChart } from '../../../parts/chart/time-chart.tsx';
import { bytesText, countText, durationText } from '../../../parts/data/format.ts';
import { Fact, Facts } from '../../../parts/data/facts.tsx';
import { Time } from '../../../parts/data/time.tsx';
import { Loaded, Panel } from '../../../parts/panel.tsx';

/** Each reading asks the JobManager. */
const EVERY_MS = 15_000;

export function Checkpoints({ job }: { readonly job: JobBody }) {
  const query = useRead('/jobs/{job}/checkpoints', { params: { job: job.name } }, { everyMs: EVERY_MS });
  return (
    <Panel title="Checkpoints">
      <Loaded query={query} rows={5}>
        {(checkpoints) => <Figures checkpoints={checkpoints} />}
      </Loaded>
    </Panel>
  );
}

function Figures({ checkpoints }: { readonly checkpoints: CheckpointsBody }) {
  const { live, counts, latestCompleted: newest, latestFailed, restored } = checkpoints;
  if (live?.reachable === false)
    return <p className="tone-warn">The JobManager does not answer: {live.problem ?? 'no reason is known'}</p>;
  if (counts === null) return <p className="muted">The job takes no checkpoints.</p>;
  return (
    <>
      <Facts>
        <Fact name="Newest">
          {newest === null ? (
            'none has completed yet'
          ) : (
            <span className="number">
              <Time at={newest.completedAt} />, {bytesText(newest.stateBytes)}, took {durationText(newest.durationMs)}
            </span>
          )}
        </Fact>
        <Fact name="So far">
          <span className="number">
            {countText(counts.completed)} completed, {countText(counts.failed)} failed
            {counts.inProgress > 0 && `, ${counts.inProgress} in progress`}
          </span>
        </Fact>
        {latestFailed && (
          <Fact name="Last failure">
            <Time at={latestFailed.failedAt} />: <span className="tone-warn">{latestFailed.message}</span>
          </Fact>
        )}
        {restored && (
          <Fact name="Started from">
            {restored.isSavepoint ? 'a savepoint' : 'a checkpoint'} <Time at={restored.restoredAt} />
          </Fact>
        )}
      </Facts>
      <Chart history={checkpoints.history} />
    </>
  );
}

function Chart({ history }: Pick<CheckpointsBody, 'history'>) {
  const done = history
    .filter(({ isSavepoint, completedAt }) => !isSavepoint && completedAt !== null)
    .map((one) => ({ ...one, at: Date.parse(one.completedAt ?? '') }))
    .sort((a, b) => a.at - b.at);
  if (done.length < 2) return null;
  const ages = done.map(({ at }, place) => {
    const before = done[place - 1];
    return before === undefined ? null : at - before.at;
  });
  return (
    <TimeChart
      label="The last checkpoints"
      times={done.map(({ at }) => at)}
      series={[
        { title: 'Duration', unit: 'ms', values: done.map(({ durationMs }) => durationMs) },
        { title: 'Size', unit: 'bytes', values: done.map(({ stateBytes }) => stateBytes ?? null) },
        { title: 'Age when the next completed', unit: 'ms', values: [...ages.slice(1), null] },
      ]}
    />
  );
}
