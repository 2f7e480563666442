/** Exceptions and ends of logs that were saved before an instance was ended, so that they outlive it. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { LogItem, InstanceExceptions } from '../../../api/instance-contract.ts';
import type { OperationItem } from '../../../api/contract.ts';
import { EXCEPTIONS_FILE } from '../../../domain/identity/storage-keys.ts';
import { readText } from '../../api/client.ts';
import { pathOf } from '../../api/reads.ts';
import { useRead } from '../../api/use-read.ts';
import { CopyButton } from '../../parts/copy.tsx';
import { DownloadButton } from '../../parts/download.tsx';
import { bytesText } from '../../parts/data/format.ts';
import { Time } from '../../parts/data/time.tsx';
import { Loaded, Panel } from '../../parts/panel.tsx';

export function Evidence({ operation: { job, id } }: { readonly operation: OperationItem }) {
  const given = { params: { job }, query: { operation: id } };
  const logs = useRead('/jobs/{job}/logs', given);
  const exceptions = useRead('/jobs/{job}/exceptions', given);
  return (
    <Panel title="Saved evidence">
      <Loaded query={logs} rows={3}>
        {({ items }) => {
          const saved = items.filter(({ savedAt, file }) => savedAt !== null && file !== EXCEPTIONS_FILE);
          const thrown = exceptions.data?.items.filter(({ savedAt }) => savedAt !== null) ?? [];
          if (saved.length === 0 && thrown.length === 0)
            return <p className="muted">No instance failed here, so nothing was saved.</p>;
          return (
            <div className="changes">
              {thrown.map((instance) => (
                <Exceptions key={instance.application} instance={instance} />
              ))}
              {saved.map((item) => (
                <SavedLog key={`${item.application} ${item.file}`} job={job} item={item} />
              ))}
            </div>
          );
        }}
      </Loaded>
    </Panel>
  );
}

function Exceptions({ instance: { exceptions, application, problem } }: { readonly instance: InstanceExceptions }) {
  return (
    <details className="fold" open>
      <summary>
        <b>Exceptions</b>{' '}
        <span className="muted">
          {exceptions.length} of {application}
        </span>
      </summary>
      {problem !== null && <p className="tone-warn">{problem}</p>}
      <ul className="plain exceptions">
        {exceptions.map(({ at, name, task, host, rootCause, stack }) => (
          <li key={`${at} ${name} ${task ?? ''}`}>
            <p>
              <b>{rootCause}</b>
            </p>
            <p className="muted">
              <Time at={at} as="moment" />
              {task !== null && ` · ${task}`}
              {host !== null && ` · ${host}`}
            </p>
            <details>
              <summary>Stack</summary>
              <pre className="text framed-text" tabIndex={0} aria-label={`Stack of ${name}`}>
                {stack}
              </pre>
            </details>
          </li>
        ))}
      </ul>
    </details>
  );
}

function SavedLog({ job, item }: { readonly job: string; readonly item: LogItem }) {
  const [isOpen, setOpen] = useState(false);
  const { file, size, savedAt } = item;
  return (
    <details className="fold" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        <b>{file}</b>{' '}
        <span className="muted number">
          {bytesText(size)}, saved <Time at={savedAt} />
        </span>
      </summary>
      {isOpen && <LogText job={job} item={item} />}
    </details>
  );
}

function LogText({ job, item: { file, operation, application } }: { readonly job: string; readonly item: LogItem }) {
  const of = { operation, application };
  const query = useQuery({
    queryKey: ['/jobs/{job}/logs/{file}', { job, file }, of],
    queryFn: ({ signal }) => readText(pathOf('/jobs/{job}/logs/{file}', { job, file }, of), signal),
  });
  return (
    <Loaded query={query} rows={3}>
      {(text) => (
        <div className="log">
          <p className="text-tools">
            <CopyButton text={text} of={file} />
            <DownloadButton name={`${job}-${application}-${file}`} text={text} of={file} />
          </p>
          <pre className="text" tabIndex={0} aria-label={file}>
            {text}
          </pre>
        </div>
      )}
    </Loaded>
  );
}
