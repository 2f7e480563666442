/** Says in yellow what is wrong with the connection, since when, and what follows. */
import { useEffect } from 'react';
import { markDown, useDown, useNewVersion, type Part } from '../api/connection.ts';
import { useRead } from '../api/use-read.ts';
import { Button } from '../parts/button.tsx';
import { momentText } from '../parts/data/format.ts';
import { useSettings } from '../state/settings.ts';
import type { Zone } from '../state/zone.ts';

/** A page whose streams are open asks for nothing else, and would not notice that Temporal is away. */
const CHECK_MS = 20_000;
const CHECK_DOWN_MS = 5_000;

const messages: Readonly<Record<Part, (since: string) => string>> = {
  api: (since) => `The API does not answer since ${since}: what you see is of then. Nothing can be asked now.`,
  temporal: (since) => `Temporal does not answer since ${since}: what you see is of then. Nothing can be asked now.`,
  storage: (since) => `The storage does not answer since ${since}: histories, deployments and releases are missing.`,
  stream: (since) => `No news come by themselves since ${since}: the page asks every ten seconds instead.`,
};

/** The API that does not answer explains the rest. */
const shownOf = (down: Readonly<Partial<Record<Part, number>>>): readonly Part[] =>
  down.api === undefined ? (Object.keys(down) as Part[]) : ['api'];

export function Bars() {
  const [down, newVersion] = [useDown(), useNewVersion()];
  const { zone } = useSettings();
  useHealth(Object.keys(down).length > 0);
  return (
    <div role="status" className="bars">
      {shownOf(down).map((part) => (
        <p key={part} className="bar">
          {messages[part](sinceText(down[part], zone))}
        </p>
      ))}
      {newVersion !== null && (
        <p className="bar">
          The API is Sluice {newVersion} now, and this page is older.{' '}
          <Button onClick={() => location.reload()}>Load the page again</Button>
        </p>
      )}
    </div>
  );
}

const sinceText = (since: number | undefined, zone: Zone): string =>
  since === undefined ? '' : momentText(since, zone, 'time');

/** Asks now and then, and more often while something is down: nothing else would notice that it is back. */
function useHealth(isDown: boolean): void {
  const { data } = useRead('/healthz', {}, { everyMs: isDown ? CHECK_DOWN_MS : CHECK_MS });
  useEffect(() => {
    if (!data) return;
    const isWell = data.status === 'ok';
    markDown('temporal', !(data.checks?.['temporal']?.ok ?? isWell));
    markDown('storage', !(data.checks?.['s3']?.ok ?? isWell));
  }, [data]);
}
