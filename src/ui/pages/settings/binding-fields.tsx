/** The fields of a right: a role, and the jobs that it is about. */
import type { Binding } from '../../../domain/access/decide.ts';
import { roles, type Role } from '../../../domain/access/permissions.ts';
import { Button } from '../../parts/button.tsx';
import { Field } from '../../parts/field.tsx';
import { namesIn } from './binding-text.ts';

/** A binding as somebody types it. */
export interface BindingDraft {
  readonly role: Role;
  readonly jobs: string;
  readonly environments: string;
  readonly teams: string;
}

export const EMPTY_DRAFT: BindingDraft = { role: 'viewer', jobs: '', environments: '', teams: '' };

export function bindingOf({ role, ...limits }: BindingDraft): Binding {
  const [jobs, environments, teams] = [limits.jobs, limits.environments, limits.teams].map(namesIn);
  return { role, ...(jobs && { jobs }), ...(environments && { environments }), ...(teams && { teams }) };
}

interface BindingFieldsProps {
  readonly place: number;
  readonly draft: BindingDraft;
  readonly onChange: (draft: BindingDraft) => void;
  readonly onRemove: (() => void) | null;
}

const texts = [
  { name: 'jobs', label: 'Jobs', hint: 'Names or patterns, such as clicks-*' },
  { name: 'environments', label: 'Environments', hint: 'Such as prod' },
  { name: 'teams', label: 'Teams', hint: 'Owner teams' },
] as const;

export function BindingFields({ place, draft, onChange, onRemove }: BindingFieldsProps) {
  return (
    <fieldset className="binding">
      <legend>{`Right ${place + 1}`}</legend>
      <Field label="Role" hint="Each role may do what those before it may.">
        {(control) => (
          <select
            {...control}
            value={draft.role}
            onChange={({ target }) =>
              onChange({ ...draft, role: roles.find((role) => role === target.value) ?? 'viewer' })
            }
          >
            {roles.map((role) => (
              <option key={role}>{role}</option>
            ))}
          </select>
        )}
      </Field>
      <div className="limits">
        {texts.map(({ name, label, hint }) => (
          <Field key={name} label={label} hint={`${hint}; empty: all`}>
            {(control) => (
              <input
                {...control}
                value={draft[name]}
                onChange={({ target }) => onChange({ ...draft, [name]: target.value })}
              />
            )}
          </Field>
        ))}
      </div>
      {onRemove && (
        <Button look="quiet" label={`Remove right ${place + 1}`} onClick={onRemove}>
          Remove
        </Button>
      )}
    </fieldset>
  );
}
