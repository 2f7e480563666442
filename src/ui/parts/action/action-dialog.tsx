/** The dialog of every operation: its choices, its plan, what it takes to confirm it, and what became of it. */
import { useEffect, useRef, useState } from 'react';
import type { OperationKind } from '../../../domain/lifecycle.ts';
import type { OperationRecord } from '../../../domain/operation/operation.ts';
import type { Wish } from '../../api/wish.ts';
import { useOffered } from '../../api/permissions.ts';
import { announce } from '../announce.tsx';
import { Button } from '../button.tsx';
import { Dialog } from '../dialog.tsx';
import { ConfirmationForm } from './confirmation.tsx';
import { kinds, type ActionJob } from './kinds.ts';
import { PlanView } from './plan-view.tsx';
import { askedFields, type Fields } from './choices/start-from.tsx';
import { useConfirmation } from './use-confirmation.ts';
import { usePlan } from './use-plan.ts';
import { WishFields } from './choices/wish-fields.tsx';
import './action.css';

export interface ActionDialogProps {
  readonly job: ActionJob;
  readonly kind: OperationKind;
  /** Fields of the request that are chosen already, such as `{ to: 11 }` for a rollback. */
  readonly initial?: Fields | undefined;
  readonly onClose: () => void;
  readonly onAccepted?: ((operation: OperationRecord) => void) | undefined;
}

export default function ActionDialog({ job, kind, initial = {}, onClose, onAccepted }: ActionDialogProps) {
  const offered = useOffered(job);
  const isOnlyByForce = kind === 'kill' && offered.whyNot('kill') !== null && offered.lacks('force') === null;
  const [fields, setFields] = useState<Fields>(isOnlyByForce ? { force: true, ...initial } : initial);
  const wish = wishOf(kind, fields);
  const planned = usePlan(job.name, wish);
  const confirmation = useConfirmation({
    job,
    wish,
    planned,
    onAccepted(operation) {
      announce(`The ${kind} of ${job.name} has begun`);
      onAccepted?.(operation);
      onClose();
    },
  });
  const { ask, whyNot, act, needed } = confirmation;
  const isDangerous = needed.dangers.length > 0;
  const cancel = useRef<HTMLButtonElement>(null);
  // The first key that somebody presses must not begin what nobody can bring back.
  useEffect(() => cancel.current?.focus(), []);
  return (
    <Dialog
      title={kinds[kind].asks(job.name)}
      isWide
      onClose={ask.isAsking ? null : onClose}
      footer={
        <>
          {whyNot !== null && !ask.isAsking && <span className="why-not muted">{whyNot}</span>}
          <Button ref={cancel} onClick={onClose} whyNot={ask.isAsking ? 'The answer is not there yet' : null}>
            Cancel
          </Button>
          <Button look={isDangerous ? 'danger' : 'primary'} whyNot={whyNot} isBusy={ask.isAsking} onClick={act}>
            {kinds[kind].asks(job.name)}
          </Button>
        </>
      }
    >
      <div className="action">
        <WishFields {...{ job, kind, fields, offered }} onChange={setFields} />
        {wish && (
          <PlanView
            planned={planned}
            lacks={offered.lacks}
            onAccept={(field) => setFields((now) => ({ ...now, [field]: true }))}
          />
        )}
        <ConfirmationForm confirmation={confirmation} />
      </div>
    </Dialog>
  );
}

/** Null while a field is missing without which the API takes no request. */
function wishOf(kind: OperationKind, fields: Fields): Wish | null {
  const asked = askedFields(fields);
  const isPathMissing = (fields['way'] === 'path' || fields['way'] === 'point') && asked['from'] === undefined;
  const isReleaseMissing = (kind === 'adopt' || kind === 'deploy') && asked['release'] === undefined;
  const isNobodyNamed = kind === 'transfer' && Object.keys(asked).length === 0;
  return isPathMissing || isReleaseMissing || isNobodyNamed ? null : { kind, ...asked };
}
