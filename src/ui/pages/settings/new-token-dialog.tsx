/** Makes a token. Its secret is shown once, in the dialog that made it. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { z } from 'zod';
import type { TokenCreated } from '../../../api/access-contract.ts';
import { send } from '../../api/client.ts';
import { Button } from '../../parts/button.tsx';
import { Id } from '../../parts/copy.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { ProblemNote } from '../../parts/states.tsx';
import { BindingFields, bindingOf, EMPTY_DRAFT, type BindingDraft } from './binding-fields.tsx';

type Created = z.infer<typeof TokenCreated>;

const DAY_MS = 86_400_000;
const lives = [
  { name: '30 days', days: 30 },
  { name: '90 days', days: 90 },
  { name: 'a year', days: 365 },
  { name: 'until it is revoked', days: null },
] as const;

export function NewTokenDialog({ onClose }: { readonly onClose: () => void }) {
  const client = useQueryClient();
  const { mutate, isPending, error, data } = useMutation({
    mutationFn: async (body: object) => (await send('/tokens', { method: 'POST', body })) as Created, // the contract
    onSuccess: () => void client.invalidateQueries({ queryKey: ['/tokens'] }),
    gcTime: 0, // the secret goes with the dialog
  });
  if (data) return <Secret created={data} onClose={onClose} />;
  return <Form onSubmit={mutate} isBusy={isPending} failure={error} onClose={onClose} />;
}

interface FormProps {
  readonly onSubmit: (body: object) => void;
  readonly isBusy: boolean;
  readonly failure: unknown;
  readonly onClose: () => void;
}

function Form({ onSubmit, isBusy, failure, onClose }: FormProps) {
  const [name, setName] = useState('');
  const [life, setLife] = useState(0);
  const [drafts, setDrafts] = useState<readonly BindingDraft[]>([EMPTY_DRAFT]);
  const make = (): void => {
    const days = lives[life]?.days ?? null;
    const expiresAt = days === null ? {} : { expiresAt: new Date(Date.now() + days * DAY_MS).toISOString() };
    onSubmit({ name: name.trim(), bindings: drafts.map(bindingOf), ...expiresAt });
  };
  const change = (place: number, draft: BindingDraft): void => setDrafts(drafts.with(place, draft));
  return (
    <Dialog
      title="New token"
      // The secret of a token that is on its way would be seen by nobody.
      onClose={isBusy ? null : onClose}
      footer={
        <>
          <Button onClick={onClose} whyNot={isBusy ? 'The answer is not there yet' : null}>
            Cancel
          </Button>
          <Button look="primary" isBusy={isBusy} whyNot={name.trim() === '' ? 'It needs a name' : null} onClick={make}>
            Make the token
          </Button>
        </>
      }
    >
      {failure != null && <ProblemNote failure={failure} />}
      <Field label="Name" hint="Who or what uses it, such as ci-clicks: the history shows this name.">
        {(control) => (
          <input {...control} value={name} maxLength={100} onChange={({ target }) => setName(target.value)} />
        )}
      </Field>
      <Field label="Lasts">
        {(control) => (
          <select {...control} value={life} onChange={({ target }) => setLife(Number(target.value))}>
            {lives.map((one, index) => (
              <option key={one.name} value={index}>
                {one.name}
              </option>
            ))}
          </select>
        )}
      </Field>
      {drafts.map((draft, place) => (
        <BindingFields
          key={place}
          place={place}
          draft={draft}
          onChange={(next) => change(place, next)}
          onRemove={drafts.length > 1 ? () => setDrafts(drafts.toSpliced(place, 1)) : null}
        />
      ))}
      <Button onClick={() => setDrafts([...drafts, EMPTY_DRAFT])}>Another right</Button>
    </Dialog>
  );
}

/** Nothing but its own button closes it, because the secret cannot be shown again. */
const Secret = ({ created: { name, token }, onClose }: { readonly created: Created; readonly onClose: () => void }) => (
  <Dialog
    title={`Token ${name}`}
    onClose={null}
    footer={
      <Button look="primary" onClick={onClose}>
        I have kept it
      </Button>
    }
  >
    <p className="note tone-warn">It is shown this once. Whoever has it may do what it may.</p>
    <p>
      <Id value={token} of="token" />
    </p>
    <p className="muted">
      Programs send it as <code>Authorization: Bearer …</code>; the CLI takes it from <code>SLUICE_TOKEN</code>.
    </p>
  </Dialog>
);
