/** The audit log: who did what, or was denied it, from where and with what outcome. */
import { useState } from 'react';
import type { AuditEntry, AuditOutcome } from '../../../domain/access/audit.ts';
import { keysOf } from '../../../domain/values/keys-of.ts';
import { API_PREFIX } from '../../api/prefix.ts';
import { pathOf } from '../../api/reads.ts';
import { useList } from '../../api/use-read.ts';
import { Button } from '../../parts/button.tsx';
import { Tag } from '../../parts/data/badge.tsx';
import { Table } from '../../parts/data/table.tsx';
import { Time } from '../../parts/data/time.tsx';
import type { Tone } from '../../parts/data/tones.ts';
import { Loaded, Panel } from '../../parts/panel.tsx';
import { SearchField } from '../../parts/search-field.tsx';
import { Empty } from '../../parts/states.tsx';
import { useUrlState } from '../../state/url.ts';

/** Entries come into the log some seconds after what they tell of. */
const EVERY_MS = 10_000;
const HOUR_MS = 3_600_000;
const spans = [
  { value: '', name: 'last 24 hours', hours: 24 },
  { value: '1h', name: 'last hour', hours: 1 },
  { value: '7d', name: 'last 7 days', hours: 24 * 7 },
  { value: '30d', name: 'last 30 days', hours: 24 * 30 },
  { value: 'all', name: 'all', hours: null },
] as const;

const HEAD = ['At', 'Who', 'Did', 'About', 'Outcome', 'From'];
/** The table of the domain comes with schemas, which no page needs. */
const tones: Readonly<Record<AuditOutcome, Tone>> = { accepted: 'good', refused: 'warn', denied: 'bad', failed: 'bad' };

export function AuditTab() {
  const url = useUrlState();
  const [openedAt] = useState(Date.now);
  const hours = spans.find(({ value }) => value === url.get('span'))?.hours ?? null;
  const since = hours === null ? undefined : new Date(openedAt - hours * HOUR_MS).toISOString();
  const query = { since, subject: url.get('subject'), job: url.get('job'), outcome: url.get('outcome') };
  const list = useList('/audit', { query }, { everyMs: EVERY_MS });
  const isFiltered = query.subject + query.job + query.outcome !== '';
  return (
    <Panel
      title="Audit log"
      aside={
        <a className="button" download="audit.jsonl" href={API_PREFIX + pathOf('/audit/export', {}, { since })}>
          Export as JSON lines
        </a>
      }
    >
      <Filters />
      <Loaded query={list} rows={10}>
        {({ pages }) => {
          const items = pages.flatMap((page) => page.items);
          if (items.length === 0 && !list.hasNextPage)
            return <Empty title={isFiltered ? 'No entry matches.' : 'Nothing happened in this time.'} />;
          return (
            <Table label="Entries of the audit log" head={HEAD}>
              {items.map((item) => (
                <Entry key={item.id} entry={item} />
              ))}
            </Table>
          );
        }}
      </Loaded>
      {list.hasNextPage && (
        <Button isBusy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
          Older entries
        </Button>
      )}
    </Panel>
  );
}

function Filters() {
  const url = useUrlState();
  return (
    <div className="toolbar">
      <SearchField
        label="Name of the caller"
        placeholder="Name of the caller  ( / )"
        value={url.get('subject')}
        onChange={(subject) => url.set({ subject })}
      />
      <input
        aria-label="Job"
        placeholder="Job"
        defaultValue={url.get('job')}
        onBlur={({ target }) => url.set({ job: target.value.trim() })}
        onKeyDown={({ key, currentTarget }) => key === 'Enter' && url.set({ job: currentTarget.value.trim() })}
      />
      <select
        aria-label="Outcome"
        value={url.get('outcome')}
        onChange={({ target }) => url.set({ outcome: target.value })}
      >
        <option value="">Any outcome</option>
        {keysOf(tones).map((outcome) => (
          <option key={outcome}>{outcome}</option>
        ))}
      </select>
      <select aria-label="Time" value={url.get('span')} onChange={({ target }) => url.set({ span: target.value })}>
        {spans.map(({ value, name }) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </div>
  );
}

function Entry({ entry }: { readonly entry: AuditEntry }) {
  const { at, subject, method, action, job, target, operation, outcome, lacks, code, address, count } = entry;
  return (
    <tr>
      <td>
        <Time at={at} as="moment" />
      </td>
      <td>
        {subject ?? 'nobody known'} {method !== null && <span className="muted">{method}</span>}
      </td>
      <td>
        {action} {count > 1 && <Tag>{`× ${count}`}</Tag>}
      </td>
      <td>
        {job ?? target ?? ''} {operation !== null && <code className="muted">{operation}</code>}
      </td>
      <td>
        <Tag tone={tones[outcome]}>{outcome}</Tag>{' '}
        {lacks !== null ? `lacks ${lacks}` : code !== null && <code className="muted">{code}</code>}
      </td>
      <td>{address}</td>
    </tr>
  );
}
