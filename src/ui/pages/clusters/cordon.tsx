/** Keeps new starts away from a cluster, and lets them go there again. Everybody sees it; admins do it. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ClusterItem } from '../../../api/cluster-contract.ts';
import { permissions } from '../../../domain/access/permissions.ts';
import { send } from '../../api/client.ts';
import { useSilence } from '../../api/permissions.ts';
import { pathOf } from '../../api/reads.ts';
import { useMay } from '../../api/session.ts';
import { announce } from '../../parts/announce.tsx';
import { Button } from '../../parts/button.tsx';
import { Badge } from '../../parts/data/badge.tsx';
import { Time } from '../../parts/data/time.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { ProblemNote } from '../../parts/states.tsx';

type Cluster = Pick<ClusterItem, 'name' | 'cordoned'>;

/** Why starts are refused; nothing for a cluster that takes them. */
export function Cordoned({ cluster: { cordoned } }: { readonly cluster: Cluster }) {
  if (cordoned == null) return null;
  return (
    <>
      <Badge tone="warn" symbol="stop">
        no new starts
      </Badge>{' '}
      since <Time at={cordoned.at} /> by {cordoned.by}: {cordoned.reason}
    </>
  );
}

/** Cordons or uncordons, whichever is possible. */
export function CordonButton({ cluster }: { readonly cluster: Cluster }) {
  const [isOpen, setOpen] = useState(false);
  const may = useMay('cordon');
  const silence = useSilence();
  const { meaning, role } = permissions.cordon;
  const whyNot = silence ?? (may ? null : `You may not ${meaning}: it needs the role ${role}.`);
  if (cluster.cordoned === undefined) return null;
  const isCordoned = cluster.cordoned !== null;
  return (
    <>
      <Button
        whyNot={whyNot}
        label={`${isCordoned ? 'Uncordon' : 'Cordon'} ${cluster.name}`}
        onClick={() => setOpen(true)}
      >
        {isCordoned ? 'Uncordon…' : 'Cordon…'}
      </Button>
      {isOpen && <CordonDialog name={cluster.name} isCordoned={isCordoned} onClose={() => setOpen(false)} />}
    </>
  );
}

interface DialogProps {
  readonly name: string;
  readonly isCordoned: boolean;
  readonly onClose: () => void;
}

function CordonDialog({ name, isCordoned, onClose }: DialogProps) {
  const [reason, setReason] = useState('');
  const client = useQueryClient();
  const act = isCordoned ? 'uncordon' : 'cordon';
  const { mutate, isPending, error } = useMutation({
    mutationFn: () =>
      send(pathOf(`/clusters/{cluster}/${act}`, { cluster: name }), {
        method: 'POST',
        body: isCordoned ? {} : { reason: reason.trim() },
      }),
    onSuccess() {
      announce(isCordoned ? `${name} takes starts again` : `${name} takes no new starts`);
      onClose();
    },
    onSettled: () =>
      void client.invalidateQueries({ predicate: ({ queryKey: [path] }) => String(path).startsWith('/clusters') }),
  });
  return (
    <Dialog
      title={`${isCordoned ? 'Uncordon' : 'Cordon'} ${name}`}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="primary"
            isBusy={isPending}
            whyNot={isCordoned || reason.trim() !== '' ? null : 'Say why: whoever wants to start a job there reads it'}
            onClick={() => mutate()}
          >
            {isCordoned ? 'Let starts go there' : 'Refuse new starts'}
          </Button>
        </>
      }
    >
      {error !== null && <ProblemNote failure={error} />}
      {isCordoned ? (
        <p>Jobs can start there again, and Sluice restarts by itself what has failed meanwhile.</p>
      ) : (
        <>
          <p>What runs there goes on, and can be stopped. Nothing starts there, also by Sluice itself.</p>
          <Field label="Reason (needed)" hint="Everybody sees it.">
            {(control) => (
              <input
                {...control}
                maxLength={300}
                required
                value={reason}
                onChange={({ target }) => setReason(target.value)}
              />
            )}
          </Field>
        </>
      )}
    </Dialog>
  );
}
