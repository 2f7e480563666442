/** The log files of a job: one is chosen, and its end is shown. The choice is in the address. */
import type { z } from 'zod';
import type { LogItem } from '../../../../api/instance-contract.ts';
import type { LogList } from '../../../../api/contract.ts';
import { useRead } from '../../../api/use-read.ts';
import { bytesText } from '../../../parts/data/format.ts';
import { LogText } from '../../../parts/evidence/log-text.tsx';
import { Loaded } from '../../../parts/panel.tsx';
import { Empty } from '../../../parts/states.tsx';
import { useUrlState } from '../../../state/url.ts';

/** Bytes; the API gives at most the largest. */
const tails = [64 * 1024, 256 * 1024, 1024 * 1024] as const;

export function LogFiles({ job }: { readonly job: string }) {
  const url = useUrlState();
  const operation = url.get('operation');
  const logs = useRead('/jobs/{job}/logs', { params: { job }, query: { operation, limit: 200 } });
  return (
    <Loaded query={logs} rows={10}>
      {(list) => (
        <>
          <Notes list={list} />
          {list.items.length === 0 ? (
            <Empty title="There are no logs.">
              <p>A running instance has logs, and Sluice saves those of an instance that failed.</p>
            </Empty>
          ) : (
            <Chosen job={job} items={list.items} />
          )}
        </>
      )}
    </Loaded>
  );
}

/** Why logs are missing. */
function Notes({ list: { live, gone } }: { readonly list: z.infer<typeof LogList> }) {
  return (
    <>
      {live?.reachable === false && (
        <p className="tone-warn">The JobManager does not answer: {live.problem ?? 'no reason is known'}</p>
      )}
      {gone.length > 0 && (
        <details>
          <summary className="muted">{gone.length} containers without logs</summary>
          <ul className="plain">
            {gone.map((why) => (
              <li key={why}>{why}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

const keyOf = ({ application, container, file, savedAt }: LogItem): string =>
  [application, container ?? '', file, savedAt ?? ''].join(' ');

function Chosen({ job, items }: { readonly job: string; readonly items: readonly LogItem[] }) {
  const url = useUrlState();
  const chosen = items.find((item) => keyOf(item) === url.get('file')) ?? items[0];
  const tail = tails.find((one) => String(one) === url.get('tail')) ?? tails[0];
  if (!chosen) return null;
  return (
    <>
      <div className="toolbar">
        <select aria-label="Log file" value={keyOf(chosen)} onChange={({ target }) => url.set({ file: target.value })}>
          {items.map((item) => (
            <option key={keyOf(item)} value={keyOf(item)}>
              {nameOf(item)}
            </option>
          ))}
        </select>
        <select
          aria-label="How much of its end"
          value={String(tail)}
          onChange={({ target }) => url.set({ tail: target.value === String(tails[0]) ? null : target.value })}
        >
          {tails.map((bytes) => (
            <option key={bytes} value={bytes}>
              the last {bytesText(bytes)}
            </option>
          ))}
        </select>
      </div>
      <LogText
        key={keyOf(chosen)}
        job={job}
        log={chosen}
        tail={tail}
        search={{ words: url.get('q'), onChange: (q) => url.set({ q }) }}
      />
    </>
  );
}

const nameOf = ({ file, container, size, live, savedAt, operation }: LogItem): string =>
  [
    file,
    container ?? 'JobManager',
    bytesText(size),
    live ? 'runs' : savedAt === null ? 'ended' : 'saved',
    operation,
  ].join(' · ');
