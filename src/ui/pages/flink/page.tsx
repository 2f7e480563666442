/**
 * Flink's own pages of the instance that runs. They come from the published distribution, run in a frame without an origin, and
 * get their answers from the API through this page.
 */
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { Link, useParams } from 'wouter';
import { send } from '../../api/client.ts';
import { problemIn } from '../../api/problems.ts';
import { useRead } from '../../api/use-read.ts';
import type { FromFlink, ToFlink } from '../../flink-bridge/messages.ts';
import { Tag } from '../../parts/data/badge.tsx';
import { Page } from '../../parts/page.tsx';
import { Loaded } from '../../parts/panel.tsx';
import { Empty } from '../../parts/states.tsx';
import { placeOfRead } from './read-for-flink.ts';
import './flink.css';

const LOOK_MS = 5_000;

export default function FlinkPage() {
  const { job } = useParams<{ job: string }>();
  const query = useRead('/jobs/{job}', { params: { job } }, { everyMs: LOOK_MS });
  const running = query.data?.deployment?.ended === null ? query.data.deployment : null;
  return (
    <Page
      title="Flink"
      trail={[
        ['Jobs', '/jobs'],
        [job, `/jobs/${job}`],
      ]}
      about={
        running && (
          <>
            <Tag>{`Flink ${running.flinkVersion}`}</Tag>
            <Tag>{`#${running.number}`}</Tag>
            <span className="muted">
              Flink’s own pages, to read. <Link href={`/jobs/${job}/logs`}>Logs</Link> and{' '}
              <Link href={`/jobs/${job}/configuration`}>configuration</Link> are with the job.
            </span>
          </>
        )
      }
    >
      <Loaded query={query}>
        {() =>
          running ? (
            <FlinkFrame key={running.number} job={job} version={running.flinkVersion} />
          ) : (
            <Empty title={`Nothing of ${job} runs`}>
              <p>
                Flink’s pages come back with the next deployment. <Link href={`/jobs/${job}`}>See the job</Link>
              </p>
            </Empty>
          )
        }
      </Loaded>
    </Page>
  );
}

function FlinkFrame({ job, version }: { readonly job: string; readonly version: string }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const hear = useEffectEvent((message: FromFlink) => {
    if ('at' in message) {
      if (typeof message.at === 'string' && message.at.startsWith('#/'))
        window.history.replaceState(null, '', message.at);
      return;
    }
    const answer = (status: number, text: string): void => {
      // The frame has no origin that could be named here, and the policy of this page keeps its frame to this site.
      frame.current?.contentWindow?.postMessage({ read: message.read, status, text } satisfies ToFlink, '*');
    };
    void readFor(job, message.path, answer);
  });
  useEffect(() => {
    const onMessage = ({ source, data }: MessageEvent<unknown>): void => {
      if (source === null || source !== frame.current?.contentWindow) return;
      if (typeof data === 'object' && data !== null && ('at' in data || 'read' in data)) hear(data as FromFlink); // as above
    };
    window.addEventListener('message', onMessage);
    return () => window.removeEventListener('message', onMessage);
  }, []);
  // Kept as it was at first: the frame changes its place by itself.
  const [place] = useState(() => (window.location.hash.startsWith('#/') ? window.location.hash : '#/overview'));
  return (
    <iframe
      ref={frame}
      className="flink-frame"
      title={`Flink’s pages of ${job}`}
      sandbox="allow-scripts"
      src={`/flink/${encodeURIComponent(version)}/${place}`}
    />
  );
}

/** Problems come in the form in which Flink's pages show them. */
async function readFor(job: string, path: unknown, answer: (status: number, text: string) => void): Promise<void> {
  const place = placeOfRead(path);
  if (place === null) {
    answer(404, '{"errors":[]}');
    return;
  }
  try {
    answer(200, JSON.stringify(await send(`/jobs/${encodeURIComponent(job)}/flink/${place}`, { method: 'GET' })));
  } catch (failure) {
    const { status, detail } = problemIn(failure);
    answer(status === 0 ? 503 : status, JSON.stringify({ errors: [detail] }));
  }
}
