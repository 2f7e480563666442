/** Lines of the Why box: a word, and what there is to say. */
import type { ReactNode } from 'react';

export const Lines = ({ children }: { readonly children: ReactNode }) => <dl className="why-lines">{children}</dl>;

export const Line = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => (
  <div>
    <dt>{label}</dt>
    <dd>{children}</dd>
  </div>
);
