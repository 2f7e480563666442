/** Says in yellow what is wrong with the connection, since when, and what follows. */
import { useEffect } from 'react';
import { markDown, useDown, useNewVersion, useUnanswered } from '../api/connection.ts';
import type { Part } from '../api/part.ts';
import { useRead } from '../api/use-read.ts';
import { Button } from '../parts/button.tsx';
import { momentText } from '../parts/data/format.ts';
import { useSettings } from '../state/settings.ts';
import type { Zone } from '../state/zone.ts';
import { attempts, messages, olderThan } from './bar-texts.ts';

/** A page whose streams are open asks for nothing else, and would not notice that Temporal is away. */
const CHECK_MS = 20_000;
const CHECK_DOWN_MS = 5_000;

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
          {part === 'api' && <Attempts />}
        </p>
      ))}
      {newVersion !== null && (
        <p className="bar">
          {olderThan(newVersion)} <Button onClick={() => location.reload()}>Load the page again</Button>
        </p>
      )}
    </div>
  );
}

/** The count is not read out at each attempt. */
const Attempts = () => (
  <span aria-live="off" className="number">
    {attempts(useUnanswered())}
  </span>
);

const sinceText = (since: number | undefined, zone: Zone): string =>
  since === undefined ? '' : momentText(since, zone, 'time');

/** Asks now and then, and more often while something is down: nothing else would notice that it is back. */
function useHealth(isDown: boolean): void {
  const { data, dataUpdatedAt } = useRead('/healthz', {}, { everyMs: isDown ? CHECK_DOWN_MS : CHECK_MS });
  useEffect(() => {
    if (!data) return;
    const isWell = data.status === 'ok';
    markDown('temporal', !(data.checks?.['temporal']?.ok ?? isWell));
    markDown('storage', !(data.checks?.['s3']?.ok ?? isWell));
    // An answer that says the same as the one before is the same object, and a request may have marked a part between them.
  }, [data, dataUpdatedAt]);
}
