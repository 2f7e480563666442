/** A short table. Where the window is too narrow for it, it scrolls by itself, also by the keyboard. */
import type { ReactNode } from 'react';

interface LeftOutProps {
  readonly label: string;
  readonly jobs: readonly { readonly job: string; readonly why: string }[];
}

/** The jobs that a campaign leaves out, each with its reason. */
export const LeftOut = ({ label, jobs }: LeftOutProps) => (
  <Table label={label} head={['Job', 'Why']}>
    {jobs.map(({ job, why }) => (
      <tr key={job}>
        <th scope="row">{job}</th>
        <td>{why}</td>
      </tr>
    ))}
  </Table>
);

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
