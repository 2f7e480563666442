/** The Why box: why the job is in its state, what it waits for, what comes next. Its sentences are those of Sluice. */
import type { JobBody } from '../../../../api/contract.ts';
import { useIsStale } from '../../../api/connection.ts';
import { readingOf } from '../../../parts/data/badge.tsx';
import { HelpfulActions } from './helpful-actions.tsx';
import { InProgress } from './in-progress.tsx';
import { Remarks } from './remarks.tsx';
import { Standing } from './standing.tsx';
import './why.css';

export function Why({ job }: { readonly job: JobBody }) {
  const isStale = useIsStale();
  const { tone } = readingOf(job).sign;
  const { operation } = job;
  return (
    <section aria-label="Why" className={`why edge-${tone}${isStale ? ' stale' : ''}`}>
      {operation ? <InProgress job={job} operation={operation} /> : <Standing job={job} />}
      <Remarks job={job} />
      <HelpfulActions job={job} />
    </section>
  );
}
