/** The head of a column, which sorts where the API can. */
import { ArrowDown, ArrowUp } from 'lucide-react';

interface ColumnHeadProps {
  readonly column: {
    readonly key: string;
    readonly title: string;
    readonly sort?: string;
    readonly isTitleUnseen?: boolean;
  };
  /** The order of now: the name of a column, with `-` for descending. */
  readonly sort: string;
  readonly onSort: ((sort: string) => void) | undefined;
}

export function ColumnHead({ column: { key, title, sort: by, isTitleUnseen }, sort, onSort }: ColumnHeadProps) {
  const isUp = by !== undefined && sort === by;
  const isDown = by !== undefined && sort === `-${by}`;
  const order = isUp ? 'ascending' : isDown ? 'descending' : undefined;
  return (
    <div role="columnheader" aria-sort={order} className={`cell-${key}`}>
      {by === undefined || !onSort ? (
        <span className={isTitleUnseen === true ? 'unseen' : undefined}>{title}</span>
      ) : (
        <button type="button" className="sorter" onClick={() => onSort(isUp ? `-${by}` : by)}>
          {title}
          {isUp && <ArrowUp aria-hidden />}
          {isDown && <ArrowDown aria-hidden />}
        </button>
      )}
    </div>
  );
}
