/** Drains a cluster: shows which jobs would move where and which stay, then cordons it and begins the campaign. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import type { CampaignBody, CampaignPlanBody } from '../../../api/campaign-contract.ts';
import { campaignDefaults, campaignLimits } from '../../../domain/campaign/kinds.ts';
import { permissions } from '../../../domain/access/permissions.ts';
import { send } from '../../api/client.ts';
import { useSilence } from '../../api/permissions.ts';
import { pathOf } from '../../api/reads.ts';
import { useMay } from '../../api/session.ts';
import { announce } from '../../parts/announce.tsx';
import { Button } from '../../parts/button.tsx';
import { LeftOut, Table } from '../../parts/data/table.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { Field } from '../../parts/field.tsx';
import { ProblemNote } from '../../parts/states.tsx';

/** Longer than the API needs for thousands of jobs. */
const PLAN_MS = 30_000;
/** As many characters as the API takes. */
const REASON_LENGTH = 250;

export function DrainButton({ cluster }: { readonly cluster: string }) {
  const [isOpen, setOpen] = useState(false);
  const may = useMay('cordon');
  const silence = useSilence();
  const { meaning, role } = permissions.cordon;
  return (
    <>
      <Button
        whyNot={silence ?? (may ? null : `You may not ${meaning}: it needs the role ${role}.`)}
        onClick={() => setOpen(true)}
      >
        Drain…
      </Button>
      {isOpen && <DrainDialog cluster={cluster} onClose={() => setOpen(false)} />}
    </>
  );
}

interface Wish {
  readonly reason: string;
  readonly maxParallel: number;
  readonly canaries: number;
  readonly stopAfter: number;
}

const FIRST: Wish = { reason: '', ...campaignDefaults };

function DrainDialog({ cluster, onClose }: { readonly cluster: string; readonly onClose: () => void }) {
  const [wish, setWish] = useState(FIRST);
  const [id] = useState(() => `drain-${Date.now().toString(36)}`);
  const [plan, setPlan] = useState<CampaignPlanBody | null>(null);
  const client = useQueryClient();
  const [, go] = useLocation();
  const change = (more: Partial<Wish>): void => {
    setWish({ ...wish, ...more });
    setPlan(null); // another wish has another plan
  };
  const asked = (more: object) =>
    send(pathOf('/clusters/{cluster}/drain', { cluster }), {
      method: 'POST',
      body: { ...wish, reason: wish.reason.trim(), ...more },
      withinMs: PLAN_MS,
    });
  const planning = useMutation({
    mutationFn: async () => (await asked({ dryRun: true })) as CampaignPlanBody, // the contract of the API
    onSuccess: setPlan,
  });
  const draining = useMutation({
    mutationFn: async () => (await asked({ id })) as CampaignBody | CampaignPlanBody, // the contract of the API
    onSuccess(begun) {
      announce(`${cluster} takes no new starts`);
      onClose();
      if ('campaign' in begun) go(`/campaigns/${begun.campaign.id}`);
    },
    onSettled: () => void client.invalidateQueries(),
  });
  const failure = draining.error ?? planning.error;
  const whyNot = wish.reason.trim() === '' ? 'Say why: whoever wants to start a job there reads it' : null;
  return (
    <Dialog
      title={`Drain ${cluster}`}
      onClose={onClose}
      isWide
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          {plan === null ? (
            <Button look="primary" isBusy={planning.isPending} whyNot={whyNot} onClick={() => planning.mutate()}>
              Show the plan
            </Button>
          ) : (
            <Button look="danger" isBusy={draining.isPending} onClick={() => draining.mutate()}>
              {plan.jobs.length === 0 ? 'Only refuse new starts' : 'Drain the cluster'}
            </Button>
          )}
        </>
      }
    >
      {failure !== null && <ProblemNote failure={failure} />}
      <p>Nothing new starts on {cluster} then, and its jobs move to other clusters that their files name.</p>
      <Fields wish={wish} onChange={change} />
      {plan && <Plan plan={plan} />}
    </Dialog>
  );
}

const numbers = [
  { name: 'maxParallel', label: 'Jobs at a time', least: 1, most: campaignLimits.parallel },
  { name: 'canaries', label: 'Canaries', least: 0, most: campaignLimits.jobs },
  { name: 'stopAfter', label: 'Stops after failures', least: 1, most: campaignLimits.jobs },
] as const;

interface FieldsProps {
  readonly wish: Wish;
  readonly onChange: (more: Partial<Wish>) => void;
}

const Fields = ({ wish, onChange }: FieldsProps) => (
  <>
    <Field label="Reason (needed)" hint="Everybody sees it.">
      {(control) => (
        <input
          {...control}
          maxLength={REASON_LENGTH}
          required
          value={wish.reason}
          onChange={({ target }) => onChange({ reason: target.value })}
        />
      )}
    </Field>
    {numbers.map(({ name, label, least, most }) => (
      <Field key={name} label={label}>
        {(control) => (
          <input
            {...control}
            type="number"
            min={least}
            max={most}
            value={wish[name]}
            onChange={({ target }) => onChange({ [name]: Math.round(Number(target.value)) })}
          />
        )}
      </Field>
    ))}
  </>
);

const Plan = ({ plan: { jobs, leftOut } }: { readonly plan: CampaignPlanBody }) => (
  <>
    {jobs.length > 0 && (
      <Table label="Jobs that move" head={['Job', 'Canary', 'Moves to']}>
        {jobs.map(({ job, isCanary, to }) => (
          <tr key={job}>
            <th scope="row">{job}</th>
            <td>{isCanary ? 'yes' : ''}</td>
            <td>{to ?? 'the first of its file'}</td>
          </tr>
        ))}
      </Table>
    )}
    {leftOut.length > 0 && <LeftOut label="Jobs that stay" jobs={leftOut} />}
    {jobs.length === 0 && leftOut.length === 0 && <p>No job is on it.</p>}
  </>
);
