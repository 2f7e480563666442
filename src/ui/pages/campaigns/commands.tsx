/** Pauses, resumes and stops a campaign. Operations that are under way go on in each case. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { CampaignItem } from '../../../api/campaign-contract.ts';
import { isOver } from '../../../domain/campaign/kinds.ts';
import { send } from '../../api/client.ts';
import { useSilence } from '../../api/permissions.ts';
import { pathOf } from '../../api/reads.ts';
import { announce } from '../../parts/announce.tsx';
import { ReasonField } from '../../parts/action/confirmation.tsx';
import { Button } from '../../parts/button.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { ProblemNote } from '../../parts/states.tsx';

const commands = {
  pause: { title: 'Pause', does: 'It asks no further job until somebody resumes it.', done: 'is paused' },
  resume: { title: 'Resume', does: 'It asks the jobs whose turn has not come yet.', done: 'goes on' },
  stop: { title: 'Stop', does: 'It asks no further job, and cannot be resumed.', done: 'is told to stop' },
} as const;
type Command = keyof typeof commands;

export function Commands({ campaign }: { readonly campaign: CampaignItem }) {
  const [open, setOpen] = useState<Command | null>(null);
  const silence = useSilence();
  const { state, notAllowed } = campaign;
  const ended = isOver(state) ? `The campaign has ended: ${state}` : null;
  const whyNot = silence ?? notAllowed ?? ended;
  const stopping = state === 'stopping' ? 'It asks no further job' : null;
  const first: Command = state === 'paused' ? 'resume' : 'pause';
  return (
    <>
      <Button whyNot={whyNot ?? stopping} onClick={() => setOpen(first)}>
        {`${commands[first].title}…`}
      </Button>
      <Button look="danger" whyNot={whyNot} onClick={() => setOpen('stop')}>
        Stop…
      </Button>
      {open !== null && <CommandDialog id={campaign.id} command={open} onClose={() => setOpen(null)} />}
    </>
  );
}

interface DialogProps {
  readonly id: string;
  readonly command: Command;
  readonly onClose: () => void;
}

function CommandDialog({ id, command, onClose }: DialogProps) {
  const [reason, setReason] = useState('');
  const client = useQueryClient();
  const { title, does, done } = commands[command];
  const { mutate, isPending, error } = useMutation({
    mutationFn: () =>
      send(pathOf(`/campaigns/{campaign}/${command}`, { campaign: id }), {
        method: 'POST',
        body: reason.trim() === '' ? {} : { reason: reason.trim() },
      }),
    onSuccess() {
      announce(`Campaign ${id} ${done}`);
      onClose();
    },
    onSettled: () =>
      void client.invalidateQueries({ predicate: ({ queryKey: [path] }) => String(path).startsWith('/campaigns') }),
  });
  return (
    <Dialog
      title={`${title} ${id}`}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look={command === 'stop' ? 'danger' : 'primary'} isBusy={isPending} onClick={() => mutate()}>
            {`${title} the campaign`}
          </Button>
        </>
      }
    >
      {error !== null && <ProblemNote failure={error} />}
      <p>{does} Operations that are under way go on.</p>
      <ReasonField reason={reason} setReason={setReason} isNeeded={false} />
    </Dialog>
  );
}
