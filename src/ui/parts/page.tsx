/** The head of every page. Its title names the tab, and takes the focus when a person comes from another page. */
import { useEffect, useRef, type ReactNode } from 'react';
import { Link } from 'wouter';

interface PageProps {
  readonly title: string;
  /** The way here: names with paths. */
  readonly trail?: readonly (readonly [name: string, path: string])[];
  /** Beside the title: tags, badges. */
  readonly about?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

let isFirst = true;

export function Page({ title, trail = [], about, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Sluice`;
    // The first page leaves the focus where the browser has put it.
    if (!isFirst) heading.current?.focus({ preventScroll: true });
    isFirst = false;
  }, [title]);
  return (
    <>
      <header className="page-head">
        {trail.length > 0 && (
          <nav aria-label="Way here" className="trail">
            {trail.map(([name, path]) => (
              <span key={path}>
                <Link href={path}>{name}</Link> /{' '}
              </span>
            ))}
            <span aria-current="page">{title}</span>
          </nav>
        )}
        <div className="page-title">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {about}
        </div>
        {actions !== undefined && <div className="page-actions">{actions}</div>}
      </header>
      {children}
    </>
  );
}
