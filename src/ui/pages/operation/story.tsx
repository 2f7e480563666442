/** The operation in words, from the tables and the API: what was asked, where it is or how it ended, and what a person can do. */
import { Link } from 'wouter';
import { backInWords, howInWords, interruptedBy } from '../../../domain/operation/in-words.ts';
import { handoverInWords } from '../../../domain/plan/in-words.ts';
import { Fact, Facts } from '../../parts/data/facts.tsx';
import { bytesText } from '../../parts/data/format.ts';
import { Prose } from '../../parts/data/prose.tsx';
import { Elapsed, Time } from '../../parts/data/time.tsx';
import { outcomeSigns, type Tone } from '../../parts/data/tones.ts';
import { Asker } from '../../parts/operation/asker.tsx';
import { Underway } from '../../parts/operation/underway.tsx';
import type { Shown } from './use-operation.ts';

type Operation = Shown['operation'];

export function Story({ operation, job, isHolder }: Shown) {
  const { kind, acceptedAt, endedAt, outcome, reason, backTo, handover, warnings, deleted } = operation;
  const tone: Tone = outcome === null ? 'busy' : outcomeSigns[outcome].tone;
  return (
    <section className={`story tone-${tone}`} aria-label={`The ${kind} in words`}>
      <Facts>
        <Fact name="Asked">
          by <Asker operation={operation} /> <Time at={acceptedAt} />
          {reason !== null && <>: “{reason}”</>}
        </Fact>
        <Fact name="Back to">{backTo && backInWords(backTo)}</Fact>
        <Fact name="Handover">{handoverInWords(handover)}</Fact>
        <Fact name="How">{howInWords(operation)}</Fact>
        <Fact name={endedAt === null ? 'Goes on for' : 'Took'}>
          <Elapsed since={acceptedAt} until={endedAt} />
          {endedAt !== null && (
            <span className="muted">
              {' '}
              until <Time at={endedAt} as="moment" />
            </span>
          )}
        </Fact>
        {outcome === null && <Underway operation={operation} job={isHolder ? job : null} />}
        <Fact name="Cut short">{interruptedBy(operation)}</Fact>
        <Undone operation={operation} />
        <Failure operation={operation} />
        {warnings.length > 0 && (
          <Fact name={warnings.length === 1 ? 'Warning' : 'Warnings'}>
            <ul className="plain">
              {warnings.map((warning) => (
                <li key={warning}>{warning}</li>
              ))}
            </ul>
          </Fact>
        )}
        <Fact name="Deleted">
          {deleted && `${deleted.points} restore points, ${bytesText(deleted.bytes)}, by savepoints.keep`}
        </Fact>
      </Facts>
    </section>
  );
}

function Undone({ operation: { job, undoes, undoneBy } }: { readonly operation: Operation }) {
  return (
    <>
      <Fact name="Undoes">{undoes != null && <Link href={`/jobs/${job}/operations/${undoes}`}>{undoes}</Link>}</Fact>
      <Fact name="Undone by">
        {undoneBy != null && <Link href={`/jobs/${job}/operations/${undoneBy}`}>{undoneBy}</Link>}
      </Fact>
    </>
  );
}

function Failure({ operation: { error } }: { readonly operation: Operation }) {
  if (error === null) return null;
  const { code, detail, hint, cause, runsNow, state, whatToDo } = error;
  return (
    <>
      <Fact name="Why">
        <b>
          <Prose text={cause?.meaning ?? detail} />
        </b>{' '}
        <span className="muted">{cause?.class ?? code}</span>
      </Fact>
      <Fact name="Evidence">{cause && cause.evidence !== '' && <code>{cause.evidence}</code>}</Fact>
      <Fact name="Error">
        {cause && (
          <>
            {detail} <span className="muted">{code}</span>
          </>
        )}
      </Fact>
      <Fact name="Runs now">{runsNow}</Fact>
      <Fact name="State">{state}</Fact>
      <Fact name="What to do">
        <b>
          <Prose text={whatToDo ?? hint} />
        </b>
      </Fact>
    </>
  );
}
