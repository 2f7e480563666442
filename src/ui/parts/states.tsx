/** In the place of data: grey rows, nothing yet, a refusal, a failure. */
import type { ReactNode } from 'react';
import { isDenied, isNotFound, problemIn } from '../api/problems.ts';
import { Button } from './button.tsx';
import { Prose } from './data/prose.tsx';

/** Rows in the place of those that come. */
export function Skeleton({ rows = 4, label = 'Loading' }: { readonly rows?: number; readonly label?: string }) {
  return (
    <div className="skeleton" role="status">
      <span className="unseen">{label}</span>
      {Array.from({ length: rows }, (_, index) => (
        <span key={index} aria-hidden />
      ))}
    </div>
  );
}

/** Nothing is there: says why, and what to do. */
export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      <p className="title">{title}</p>
      {children}
    </div>
  );
}

interface ProblemProps {
  readonly failure: unknown;
  readonly onRetry?: (() => void) | undefined;
}

/** A problem as the API tells it: what is wrong, why, and what to do. A denial names the permission, so nothing is added. */
export function ProblemNote({ failure, onRetry }: ProblemProps) {
  const { title, detail, hint, requestId, errors } = problemIn(failure);
  const isFinal = isDenied(failure) || isNotFound(failure);
  return (
    <div className={`note ${isFinal ? 'tone-warn' : 'tone-bad'}`} role="alert">
      <p className="title">{title}</p>
      <p>
        <Prose text={detail} />
      </p>
      {errors && errors.length > 0 && (
        <ul>
          {errors.map(({ path, line, message }) => (
            <li key={`${path} ${message}`}>
              <code>{path}</code>
              {line === undefined ? '' : ` (line ${line})`} {message}
            </li>
          ))}
        </ul>
      )}
      <p className="muted">
        <Prose text={hint} />
        {requestId !== '' && <> Request {requestId}.</>}
      </p>
      {onRetry && !isFinal && <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}
