/** The form of the last step: losses in words, the reason, the name; and what became of the request. */
import { Suspense, useState } from 'react';
import { dangers } from '../../../domain/operation/dangers.ts';
import { fetched } from '../../state/fetched.ts';
import { Field } from '../field.tsx';
import { Refusal, UnknownNote } from './refusal.tsx';
import type { Confirmation } from './use-confirmation.ts';

const CopyLines = fetched(() => import('./copy-lines.tsx'));

export function ConfirmationForm({ confirmation }: { readonly confirmation: Confirmation }) {
  const { job, needed, reason, setReason, isAccepted, accept, typed, setTyped, ask, sent, planAgain } = confirmation;
  return (
    <div className="confirmation">
      {needed.dangers.length > 0 && (
        <fieldset className="losses tone-bad">
          <legend>What is lost</legend>
          {needed.dangers.map((danger) => (
            <label key={danger}>
              <input
                type="checkbox"
                checked={isAccepted(danger)}
                onChange={({ target }) => accept(danger, target.checked)}
              />
              <span>{dangers[danger].loss}</span>
            </label>
          ))}
        </fieldset>
      )}
      <ReasonField reason={reason} setReason={setReason} isNeeded={needed.needsReason} />
      {needed.byName && (
        <Field label={`Type ${job.name} to confirm`}>
          {(control) => (
            <input
              {...control}
              autoComplete="off"
              spellCheck={false}
              value={typed}
              onChange={({ target }) => setTyped(target.value)}
            />
          )}
        </Field>
      )}
      {ask.isUnknown && ask.isAsking && <UnknownNote id={ask.id} />}
      {!ask.isAsking && ask.failure != null && (
        <Refusal job={job.name} failure={ask.failure} onAgain={planAgain} contacts={job.contacts} />
      )}
      {sent && <CopyAs>{() => <CopyLines sent={sent} />}</CopyAs>}
    </div>
  );
}

interface ReasonFieldProps {
  readonly reason: string;
  readonly setReason: (reason: string) => void;
  readonly isNeeded: boolean;
}

/** As many characters as the API takes. */
const REASON_LENGTH = 300;

export function ReasonField({ reason, setReason, isNeeded }: ReasonFieldProps) {
  return (
    <Field label={isNeeded ? 'Reason (needed)' : 'Reason'} hint="The history shows it to everybody.">
      {(control) => (
        <input
          {...control}
          maxLength={REASON_LENGTH}
          required={isNeeded}
          value={reason}
          onChange={({ target }) => setReason(target.value)}
        />
      )}
    </Field>
  );
}

/** The same request for other tools. Its code is fetched when somebody opens it. */
export function CopyAs({ children }: { readonly children: () => React.ReactNode }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="copy-as" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Copy as CLI, curl or signal</summary>
      {isOpen && <Suspense fallback={null}>{children()}</Suspense>}
    </details>
  );
}
