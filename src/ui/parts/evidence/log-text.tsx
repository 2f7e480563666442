/** The end of a log file, as it is or as it grows. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { LogItem } from '../../../api/instance-contract.ts';
import { readText } from '../../api/client.ts';
import { pathOf } from '../../api/reads.ts';
import { useVisible } from '../../state/visible.ts';
import { CopyButton } from '../copy.tsx';
import { DownloadButton } from '../download.tsx';
import { Loaded } from '../panel.tsx';
import { SearchField } from '../search-field.tsx';
import './evidence.css';

const FOLLOW_MS = 3_000;

interface LogTextProps {
  readonly job: string;
  readonly log: LogItem;
  /** Bytes of its end; without it the API decides. */
  readonly tail?: number | undefined;
  /** The words that shown lines have; absent where nobody searches. */
  readonly search?: { readonly words: string; readonly onChange: (words: string) => void } | undefined;
}

export function LogText({ job, log, tail, search }: LogTextProps) {
  const [isFollowed, setFollowed] = useState(false);
  const isVisible = useVisible();
  const { file, application, container, operation } = log;
  const query = { operation, application, container: container ?? undefined, tail };
  const text = useQuery({
    queryKey: ['/jobs/{job}/logs/{file}', { job, file }, query],
    queryFn: ({ signal }) => readText(pathOf('/jobs/{job}/logs/{file}', { job, file }, query), signal),
    refetchInterval: isFollowed && isVisible ? FOLLOW_MS : false,
  });
  const follow = (
    <label>
      <input type="checkbox" checked={isFollowed} onChange={({ target }) => setFollowed(target.checked)} /> Follow
    </label>
  );
  return (
    <Loaded query={text} rows={12}>
      {(content) => (
        <Shown content={content} name={file} saveAs={`${job}-${application}-${file}`} search={search}>
          {log.live && follow}
        </Shown>
      )}
    </Loaded>
  );
}

interface ShownProps extends Pick<LogTextProps, 'search'> {
  readonly content: string;
  readonly name: string;
  readonly saveAs: string;
  readonly children: React.ReactNode;
}

function Shown({ content, name, saveAs, search, children }: ShownProps) {
  const end = useRef<HTMLPreElement>(null);
  const words = (search?.words ?? '').toLowerCase();
  const lines = content.split('\n');
  const shown = words === '' ? lines : lines.filter((line) => line.toLowerCase().includes(words));
  const text = shown.join('\n');
  // The end is what somebody looks for.
  useEffect(() => end.current?.scrollTo({ top: end.current.scrollHeight }), [content]);
  return (
    <div className="log">
      <div className="toolbar">
        {search && (
          <SearchField
            label="Only lines with"
            placeholder="Only lines with …  ( / )"
            value={search.words}
            onChange={search.onChange}
          />
        )}
        {children}
        <CopyButton text={text} of={name} />
        <DownloadButton name={saveAs} text={text} of={name} />
        <span className="muted number">
          {shown.length} of {lines.length} lines
        </span>
      </div>
      <pre ref={end} className="text framed-text" tabIndex={0} role="region" aria-label={`End of ${name}`}>
        {text}
      </pre>
    </div>
  );
}
