/** Exceptions and ends of logs that were saved before an instance was ended, so that they outlive it. */
import { useState } from 'react';
import type { LogItem, InstanceExceptions } from '../../../api/instance-contract.ts';
import type { OperationItem } from '../../../api/contract.ts';
import { EXCEPTIONS_FILE } from '../../../domain/identity/storage-keys.ts';
import { useRead } from '../../api/use-read.ts';
import { bytesText } from '../../parts/data/format.ts';
import { Time } from '../../parts/data/time.tsx';
import { ExceptionList } from '../../parts/evidence/exception-list.tsx';
import { LogText } from '../../parts/evidence/log-text.tsx';
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
      <ExceptionList exceptions={exceptions} />
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
      {isOpen && <LogText job={job} log={item} />}
    </details>
  );
}
