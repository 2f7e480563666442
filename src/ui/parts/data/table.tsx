/** A short table. Where the window is too narrow for it, it scrolls by itself, also by the keyboard. */
import type { ReactNode } from 'react';

interface TableProps {
  readonly label: string;
  readonly head: readonly string[];
  /** Rows of the body. */
  readonly children: ReactNode;
}

export const Table = ({ label, head, children }: TableProps) => (
  <div className="scroll" tabIndex={0} role="region" aria-label={label}>
    <table className="table" aria-label={label}>
      <thead>
        <tr>
          {head.map((title) => (
            <th key={title} scope="col">
              {title}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  </div>
);
