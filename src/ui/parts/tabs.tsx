/** Parts of a page of which a single one is shown: links, so that each has an address. */
import type { ReactNode } from 'react';
import { Link } from 'wouter';

interface TabsProps {
  readonly label: string;
  readonly tabs: readonly { readonly name: ReactNode; readonly href: string; readonly isHere: boolean }[];
}

export function Tabs({ label, tabs }: TabsProps) {
  return (
    <nav aria-label={label} className="tabs">
      {tabs.map(({ name, href, isHere }, place) => (
        <Link key={place} href={href} className="place" aria-current={isHere ? 'page' : undefined}>
          {name}
        </Link>
      ))}
    </nav>
  );
}
