/** The end of a log file, as it is or as it grows. Lines can be searched. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { LogItem } from '../../../../api/instance-contract.ts';
import { readText } from '../../../api/client.ts';
import { pathOf } from '../../../api/reads.ts';
import { CopyButton } from '../../../parts/copy.tsx';
import { Loaded } from '../../../parts/panel.tsx';
import { SearchField } from '../../../parts/search-field.tsx';
import { useUrlState } from '../../../state/url.ts';
import { useVisible } from '../../../state/visible.ts';

/** Bytes; the API gives at most the largest. */
export const tails = [64 * 1024, 256 * 1024, 1024 * 1024] as const;
const FOLLOW_MS = 3_000;

interface LogTextProps {
  readonly job: string;
  readonly log: LogItem;
  readonly tail: number;
}

export function LogText({ job, log, tail }: LogTextProps) {
  const [isFollowed, setFollowed] = useState(false);
  const isVisible = useVisible();
  const { file, application, container, operation } = log;
  const query = { operation, application, container: container ?? undefined, tail };
  const text = useQuery({
    queryKey: ['/jobs/{job}/logs/{file}', { job, file }, query],
    queryFn: ({ signal }) => readText(pathOf('/jobs/{job}/logs/{file}', { job, file }, query), signal),
    refetchInterval: isFollowed && isVisible ? FOLLOW_MS : false,
  });
  return (
    <Loaded query={text} rows={12}>
      {(content) => (
        <Shown content={content} isFollowed={isFollowed} onFollow={log.live ? setFollowed : null} name={file} />
      )}
    </Loaded>
  );
}

interface ShownProps {
  readonly content: string;
  readonly name: string;
  readonly isFollowed: boolean;
  /** Null for a file that grows no more. */
  readonly onFollow: ((isFollowed: boolean) => void) | null;
}

function Shown({ content, name, isFollowed, onFollow }: ShownProps) {
  const url = useUrlState();
  const end = useRef<HTMLPreElement>(null);
  const words = url.get('q').toLowerCase();
  const lines = content.split('\n');
  const shown = words === '' ? lines : lines.filter((line) => line.toLowerCase().includes(words));
  // The end is what somebody looks for.
  useEffect(() => end.current?.scrollTo({ top: end.current.scrollHeight }), [content]);
  return (
    <>
      <div className="toolbar">
        <SearchField
          label="Only lines with"
          placeholder="Only lines with …  ( / )"
          value={url.get('q')}
          onChange={(q) => url.set({ q })}
        />
        {onFollow && (
          <label>
            <input type="checkbox" checked={isFollowed} onChange={({ target }) => onFollow(target.checked)} /> Follow
          </label>
        )}
        <CopyButton text={shown.join('\n')} of="log" />
        <span className="muted number">
          {shown.length} of {lines.length} lines
        </span>
      </div>
      <pre ref={end} className="log-text" tabIndex={0} role="region" aria-label={`End of ${name}`}>
        {shown.join('\n')}
      </pre>
    </>
  );
}
