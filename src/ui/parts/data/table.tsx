/** A short table. Where the window is too narrow for it, it scrolls by itself, also by the keyboard. */
import type { ReactNode } from 'react';

interface TableProps {
  readonly label: string;
  /** Titles of the columns; an empty one for a column that needs none. */
  readonly head: readonly string[];
  /** Rows of the body. */
  readonly children: ReactNode;
}

export const Table = ({ label, head, children }: TableProps) => (
  <div className="scroll" tabIndex={0} role="region" aria-label={`Table: ${label}`}>
    <table className="table" aria-label={label}>
      <thead>
        <tr>
          {head.map((title, place) =>
            title === '' ? (
              <td key={place} />
            ) : (
              <th key={place} scope="col">
                {title}
              </th>
            ),
          )}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  </div>
);
