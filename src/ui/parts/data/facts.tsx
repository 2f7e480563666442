/** Names with their values, line by line: the form of every box that explains something. */
import type { ReactNode } from 'react';

export const Facts = ({ children }: { readonly children: ReactNode }) => <dl className="facts">{children}</dl>;

interface FactProps {
  readonly name: string;
  readonly children: ReactNode;
}

/** A line. It is left out where there is nothing to tell. */
export function Fact({ name, children }: FactProps) {
  if (children == null || children === false || children === '') return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
