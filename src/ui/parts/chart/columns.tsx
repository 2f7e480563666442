/**
 * Stacked columns, one for each thing that happened, oldest first: each is a link. They are drawn in the page itself, so that
 * they have borders in forced colours. The numbers must be in a table beside, which is for the keyboard and for screen readers.
 */
import { Link } from 'wouter';
import './chart.css';

export interface ChartColumn {
  readonly key: string;
  readonly href: string;
  /** Shown when the pointer is at the column. */
  readonly says: string;
  readonly parts: readonly { readonly name: string; readonly className: string; readonly value: number }[];
  /** A value that a line across the column marks. */
  readonly mark?: number | null | undefined;
}

interface ColumnsProps {
  readonly label: string;
  readonly columns: readonly ChartColumn[];
  /** The text of a value, for the top of the chart. */
  readonly textOf: (value: number) => string;
}

const total = ({ parts }: ChartColumn): number => parts.reduce((sum, { value }) => sum + value, 0);
const share = (value: number, most: number): string => `${(100 * value) / Math.max(most, 1)}%`;

export function Columns({ label, columns, textOf }: ColumnsProps) {
  const most = Math.max(0, ...columns.map((column) => Math.max(total(column), column.mark ?? 0)));
  return (
    <div className="columns">
      <p className="unseen">{`${label}: ${columns.length} columns, the highest of ${textOf(most)}`}</p>
      <span className="muted number" aria-hidden>
        {textOf(most)}
      </span>
      <div aria-hidden>
        {columns.map((column) => (
          <Link key={column.key} href={column.href} tabIndex={-1} title={column.says} className="column">
            {column.parts.map(({ name, className, value }) => (
              <span key={name} className={className} style={{ height: share(value, most) }} />
            ))}
            {column.mark != null && <span className="mark" style={{ bottom: share(column.mark, most) }} />}
          </Link>
        ))}
      </div>
    </div>
  );
}
