/** How the deployment differs from any other one: the one before, unless the address names another. */
import type { Deployment } from '../../../domain/deployment/deployment.ts';
import { useRead } from '../../api/use-read.ts';
import { ChangesView } from '../../parts/changes/changes.tsx';
import { Field } from '../../parts/field.tsx';
import { Loaded } from '../../parts/panel.tsx';
import { Empty } from '../../parts/states.tsx';
import { useUrlState } from '../../state/url.ts';

const LIMIT = 200;

export function DiffTab({ deployment: { job, number } }: { readonly deployment: Deployment }) {
  const list = useRead('/jobs/{job}/deployments', { params: { job }, query: { limit: LIMIT } });
  return (
    <Loaded query={list} rows={6}>
      {({ items }) => {
        const others = items.filter((one) => one.number !== number);
        return others.length === 0 ? (
          <Empty title="The job has no other deployment to compare with." />
        ) : (
          <Comparison job={job} number={number} others={others} />
        );
      }}
    </Loaded>
  );
}

interface ComparisonProps {
  readonly job: string;
  readonly number: number;
  /** Newest first. */
  readonly others: readonly Deployment[];
}

function Comparison({ job, number, others }: ComparisonProps) {
  const url = useUrlState();
  const newest = others[0]?.number ?? number;
  const asked = url.get('against') === 'current' ? newest : Number(url.get('against'));
  const before = others.find((one) => one.number < number)?.number ?? newest;
  const against = Number.isInteger(asked) && asked > 0 ? asked : before;
  const [from, to] = against < number ? [against, number] : [number, against];
  const query = useRead('/jobs/{job}/diff', { params: { job }, query: { from, to } });
  return (
    <>
      <Field label="Compare with">
        {(control) => (
          <select
            {...control}
            className="against"
            value={against}
            onChange={({ target }) => url.set({ tab: 'diff', against: target.value }, { isStep: true })}
          >
            {others.every((one) => one.number !== against) && <option value={against}>#{against}</option>}
            {others.map((one) => (
              <option key={one.number} value={one.number}>
                #{one.number} · {one.release}
                {one.hotfix === null ? '' : ' with a hotfix'} · {one.ended === null ? 'runs' : one.ended.how}
              </option>
            ))}
          </select>
        )}
      </Field>
      <p className="comparison">
        From <b>#{from}</b> to <b>#{to}</b>
        {from === number ? ', the later one' : ', this one'}
      </p>
      <Loaded query={query}>{(changes) => <ChangesView changes={changes} />}</Loaded>
    </>
  );
}
