/** A part of a page that loads, fails and grows old by itself. */
import { useId, type ReactNode } from 'react';
import { useDown } from '../api/connection.ts';
import { Boundary } from './boundary.tsx';
import { ProblemNote, Skeleton } from './states.tsx';

/** The part of a query that a panel shows; every query of `use-read.ts` fits. */
export interface Loading<T> {
  readonly data: T | undefined;
  readonly error: unknown;
  readonly isFetching: boolean;
  readonly refetch: () => unknown;
}

interface LoadedProps<T> {
  readonly query: Loading<T>;
  readonly children: (data: T) => ReactNode;
  /** Grey rows while nothing has come. */
  readonly rows?: number;
}

/** The data, or what stands in its place. Data that cannot be renewed stays, dimmed; below the failure where there is one. */
export function Loaded<T>({ query: { data, error, refetch }, children, rows = 4 }: LoadedProps<T>) {
  const { api: awaySince } = useDown();
  const note = error == null ? null : <ProblemNote failure={error} onRetry={() => void refetch()} />;
  if (data === undefined) return note ?? <Skeleton rows={rows} />;
  return (
    <>
      {note}
      <div className={note || awaySince !== undefined ? 'stale' : undefined}>{children(data)}</div>
    </>
  );
}

interface PanelProps {
  readonly title: string;
  readonly children: ReactNode;
  /** Beside the title, such as a link to all. */
  readonly aside?: ReactNode;
}

export function Panel({ title, children, aside }: PanelProps) {
  const heading = useId();
  return (
    <section className="panel" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{title}</h2>
        {aside}
      </header>
      <Boundary of={title}>{children}</Boundary>
    </section>
  );
}
