/** A plan as people read it: what happens in one sentence, what it goes on from, what would refuse it, what it changes. */
import { ArrowRight, CircleCheck, CircleX, TriangleAlert } from 'lucide-react';
import { Fragment, type ReactNode } from 'react';
import type { Plan } from '../../../api/contract.ts';
import type { Permission } from '../../../domain/access/permissions.ts';
import { Button } from '../button.tsx';
import { ChangesView } from '../changes/changes.tsx';
import { Fact, Facts } from '../data/facts.tsx';
import { durationText } from '../data/format.ts';
import { Loaded } from '../panel.tsx';
import { planDifferences, planRows } from './plan-rows.ts';
import type { Planned } from './use-plan.ts';

/** Fields of a request that accept what a check refuses, by the code of its refusal. */
const acceptedBy: Readonly<Record<string, { readonly field: string; readonly permission: Permission }>> = {
  DiscardsNewerState: { field: 'discardNewerState', permission: 'discardState' },
  StateRisk: { field: 'acceptStateRisk', permission: 'acceptStateRisk' },
  NotFenced: { field: 'confirmUnfenced', permission: 'confirmUnfenced' },
  ForeignState: { field: 'foreignState', permission: 'foreignState' },
};

interface PlanViewProps {
  readonly planned: Planned;
  /** Sets a field that accepts a risk; absent where nothing can be changed any more. */
  readonly onAccept?: ((field: string) => void) | undefined;
  readonly lacks: (permission: Permission) => string | null;
  /** Only the sentence, what is refused and what to mind: the person has seen the rest. */
  readonly isBrief?: boolean;
}

export function PlanView({ planned, onAccept, lacks, isBrief = false }: PlanViewProps) {
  const { query, before } = planned;
  return (
    <Loaded query={query} rows={5}>
      {(plan) => (
        <div className="plan" aria-busy={query.isFetching}>
          {before && <ChangedSince before={before} plan={plan} />}
          <p className="summary">{sentence(plan.summary)}</p>
          <Rows plan={plan} before={before} isBrief={isBrief} />
          <Checks plan={plan} {...{ onAccept, lacks }} />
          {plan.warnings.map((warning) => (
            <p key={warning} className="tone-warn warning">
              <TriangleAlert aria-label="Warning:" /> {warning}
            </p>
          ))}
          {plan.changes && !isBrief && <ChangesView changes={plan.changes} />}
          {!isBrief && <Phases plan={plan} />}
        </div>
      )}
    </Loaded>
  );
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** Marks what a person who has read the plan before must read again. */
function ChangedSince({ before, plan }: { readonly before: Plan; readonly plan: Plan }) {
  const differences = planDifferences(before, plan);
  return (
    <div className="note tone-warn" role="alert">
      <p className="title">
        {differences.length > 0 ? 'Planned again, because something has changed:' : sameText(before, plan)}
      </p>
      <ul>
        {differences.map(({ label, before: was, after }) => (
          <li key={label}>
            {label}: <del>{arrowed(was)}</del> <mark>{arrowed(after)}</mark>
          </li>
        ))}
      </ul>
      <p>Nothing was done. Confirm it again to have it done by this plan.</p>
    </div>
  );
}

const sameText = (before: Plan, plan: Plan): string =>
  before.revision === plan.revision
    ? 'Planned again: the plan is the one of before, with the same revision.'
    : 'Planned again: the plan reads the same, and its revision is another one, because something beside it has changed.';

/** Draws arrows, which some fonts lack. */
const arrowed = (text: string): ReactNode =>
  text.split(' → ').map((part, index) => (
    <Fragment key={part}>
      {index > 0 && <ArrowRight aria-label="becomes" className="arrow" />}
      {part}
    </Fragment>
  ));

interface RowsProps {
  readonly plan: Plan;
  readonly before: Plan | null;
  readonly isBrief: boolean;
}

function Rows({ plan, before, isBrief }: RowsProps) {
  const old = before && new Map(planRows(before).map(({ label, text }) => [label, text]));
  // The differences below begin with the release.
  const rows = planRows(plan).filter(({ label }) => isBrief || plan.changes === null || label !== 'Release');
  return (
    <Facts>
      {rows.map(({ label, text, isGrave = false }) => (
        <Fact key={label} name={label}>
          <span className={isGrave ? 'tone-bad' : undefined}>
            {old && old.get(label) !== text ? <mark>{arrowed(text)}</mark> : arrowed(text)}
          </span>
        </Fact>
      ))}
    </Facts>
  );
}

function Checks({
  plan: { checks },
  onAccept,
  lacks,
}: { readonly plan: Plan } & Pick<PlanViewProps, 'onAccept' | 'lacks'>) {
  const failed = checks.filter(({ ok }) => !ok);
  const fine = checks.filter(({ ok }) => ok);
  return (
    <div className="checks">
      {failed.map(({ name, code, message, hint }) => {
        const way = acceptedBy[code ?? ''];
        return (
          <div key={name} className="check tone-bad">
            <CircleX aria-label="Refused:" />
            <div>
              <p>
                <strong>{name}</strong> {message}
              </p>
              <p className="muted">{hint}</p>
              {way && onAccept && (
                <Button whyNot={lacks(way.permission)} onClick={() => onAccept(way.field)}>
                  Accept it
                </Button>
              )}
            </div>
          </div>
        );
      })}
      {fine.length > 0 && (
        <details>
          <summary>
            <span className="tone-good">
              <CircleCheck aria-hidden /> {fine.length} {fine.length === 1 ? 'check passes' : 'checks pass'}
            </span>
          </summary>
          <ul>
            {fine.map(({ name, message }) => (
              <li key={name}>
                <strong>{name}</strong> <span className="muted">{message}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

/** The phases in order, each with the time that it usually takes. */
function Phases({ plan: { phases, usualMs, expectedDowntimeMs: downtime } }: { readonly plan: Plan }) {
  const usual = usualMs ?? {};
  return (
    <div className="phases">
      <ol aria-label="Phases">
        {phases.map(({ name, meaning }) => (
          <li key={name} title={meaning}>
            {name} {usual[name] !== undefined && <span className="muted number">{durationText(usual[name])}</span>}
          </li>
        ))}
      </ol>
      {downtime != null && (
        <p className="muted">Usually nothing runs for {durationText(downtime)}, by the last upgrades of the job.</p>
      )}
    </div>
  );
}
