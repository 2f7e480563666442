/** Exceptions of an instance, each with its stack on demand. */
import type { InstanceExceptions } from '../../../api/instance-contract.ts';
import { Time } from '../data/time.tsx';
import './evidence.css';

type Thrown = InstanceExceptions['exceptions'];

export const ExceptionList = ({ exceptions }: { readonly exceptions: Thrown }) => (
  <ul className="plain exceptions">
    {exceptions.map(({ at, name, task, host, rootCause, stack }, index) => (
      <li key={`${at} ${index}`}>
        <details>
          <summary>
            <b>{rootCause}</b>{' '}
            <span className="muted">
              <Time at={at} as="moment" />
              {task !== null && ` · ${task}`}
              {host !== null && ` · ${host}`}
            </span>
          </summary>
          <pre className="text framed-text" tabIndex={0} role="region" aria-label={`Stack of ${name}`}>
            {stack}
          </pre>
        </details>
      </li>
    ))}
  </ul>
);
