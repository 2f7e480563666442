/** Tells an operation to end. The effect depends on its phase, by the table of phases. */
import { useEffect, useRef, useState } from 'react';
import { phases, type Phase } from '../../../domain/lifecycle.ts';
import { useCancel } from '../../api/ask.ts';
import { useOffered } from '../../api/permissions.ts';
import { announce } from '../announce.tsx';
import { Button } from '../button.tsx';
import { Fact, Facts } from '../data/facts.tsx';
import { Dialog } from '../dialog.tsx';
import { fetched } from '../../state/fetched.ts';
import { CopyAs, ReasonField } from './confirmation.tsx';
import type { ActionJob } from './kinds.ts';
import { Refusal, UnknownNote } from './refusal.tsx';
import './action.css';

const CopyCancelLines = fetched(() => import('./copy-cancel-lines.tsx'));

interface CancelDialogProps {
  readonly job: ActionJob;
  readonly operation: NonNullable<ActionJob['operation']>;
  readonly onClose: () => void;
}

export default function CancelDialog({ job, operation: { id, kind, phase }, onClose }: CancelDialogProps) {
  const [reason, setReason] = useState('');
  const { lacks } = useOffered(job);
  const { cancel, isAsking, isUnknown, failure } = useCancel(job.name, id, () => {
    announce(`The ${kind} of ${job.name} was told to end`);
    onClose();
  });
  const text = reason.trim();
  const leave = useRef<HTMLButtonElement>(null);
  useEffect(() => leave.current?.focus(), []);
  return (
    <Dialog
      title={`Cancel the ${kind} of ${job.name}`}
      onClose={isAsking ? null : onClose}
      footer={
        <>
          <Button ref={leave} onClick={onClose} whyNot={isAsking ? 'The answer is not there yet' : null}>
            Let it go on
          </Button>
          <Button
            look="danger"
            isBusy={isAsking}
            whyNot={lacks('cancel') ?? (text === '' ? 'Say why: the history shows it' : null)}
            onClick={() => cancel({ reason: text })}
          >
            Cancel the {kind}
          </Button>
        </>
      }
    >
      <div className="action">
        {phase !== null && <Effect phase={phase} />}
        <ReasonField reason={reason} setReason={setReason} isNeeded />
        {isUnknown && isAsking && <UnknownNote />}
        {!isAsking && failure !== null && (
          <Refusal job={job.name} failure={failure} onAgain={onClose} contacts={job.contacts} />
        )}
        <CopyAs>
          {() => <CopyCancelLines sent={{ job: job.name, operation: id, ...(text === '' ? {} : { reason: text }) }} />}
        </CopyAs>
      </div>
    </Dialog>
  );
}

const Effect = ({ phase }: { readonly phase: Phase }) => (
  <Facts>
    <Fact name="Phase">
      {phase}: {phases[phase].meaning}
    </Fact>
    <Fact name="Cancel now">{phases[phase].cancel}</Fact>
  </Facts>
);
