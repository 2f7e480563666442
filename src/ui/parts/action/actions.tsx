/**
 * The operations of a job, as buttons with their dialogs. Every action is always there: one that cannot be asked for now says why.
 *
 * - `<Actions job={job} />` is the bar of a job: all actions, kill apart. `onAccepted` hears of an operation that has begun.
 * - `<ActionButton job={job} kind="rollback" initial={{ to: 11 }}>Roll back to #11</ActionButton>` is one action anywhere, with
 *   fields of its request (`requestSchemas` of the domain) chosen already. `deploy` without a release and `hotfix` without values
 *   are links to the launch.
 * - `<CancelButton job={job} />` tells the operation in progress to end; it draws nothing where none is.
 *
 * `job` is the job as the API shows it (`JobBody`), or its line in the list (`JobItem`).
 */
import { MoreHorizontal } from 'lucide-react';
import { Suspense, useEffect, useState, type ReactNode } from 'react';
import { Link } from 'wouter';
import type { OperationKind } from '../../../domain/lifecycle.ts';
import type { OperationRecord } from '../../../domain/operation/operation.ts';
import { useOffered, type Offered } from '../../api/permissions.ts';
import { Button } from '../button.tsx';
import { fetched } from '../../state/fetched.ts';
import { Menu } from '../menu.tsx';
import { Skeleton } from '../states.tsx';
import { kinds, launchPath, type ActionJob } from './kinds.ts';
import './actions.css';

const loadDialog = () => import('./action-dialog.tsx');
const ActionDialog = fetched(loadDialog);
const CancelDialog = fetched(() => import('./cancel-dialog.tsx'));

type Fields = Readonly<Record<string, unknown>>;
type OnAccepted = ((operation: OperationRecord) => void) | undefined;

/** A kill by force is taken in every state, so that the button leads there when nothing else would. */
export const whyNotOf = ({ whyNot, lacks }: Offered, kind: OperationKind): string | null => {
  const reason = whyNot(kind);
  return kind === 'kill' && reason !== null && lacks('force') === null ? null : reason;
};

interface ActionButtonProps {
  readonly job: ActionJob;
  readonly kind: OperationKind;
  readonly initial?: Fields | undefined;
  readonly look?: 'plain' | 'primary' | 'danger' | 'quiet';
  readonly children?: ReactNode;
  readonly onAccepted?: OnAccepted;
}

export function ActionButton({ job, kind, initial = {}, look = 'plain', children, onAccepted }: ActionButtonProps) {
  const [isOpen, setOpen] = useState(false);
  const whyNot = whyNotOf(useOffered(job), kind);
  const content = children ?? `${kinds[kind].name}…`;
  const path = launchPath(job.name, kind, initial);
  if (path !== null && whyNot === null) {
    return (
      <Link href={path} className={`button ${look}`}>
        {content}
      </Link>
    );
  }
  return (
    <>
      <Button look={look} whyNot={whyNot} onClick={() => setOpen(true)}>
        {content}
      </Button>
      {isOpen && (
        <Suspense fallback={<Skeleton rows={1} label="Opening" />}>
          <ActionDialog {...{ job, kind, initial, onAccepted }} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

export function CancelButton({ job, look = 'plain' }: { readonly job: ActionJob; readonly look?: 'plain' | 'danger' }) {
  const [of, setOf] = useState<ActionJob['operation']>(null);
  const { lacks } = useOffered(job);
  const { operation } = job;
  return (
    <>
      {operation !== null && (
        <Button look={look} whyNot={lacks('cancel')} onClick={() => setOf(operation)}>
          Cancel {operation.kind}…
        </Button>
      )}
      {of !== null && (
        <Suspense fallback={<Skeleton rows={1} label="Opening" />}>
          <CancelDialog job={job} operation={operation?.id === of.id ? operation : of} onClose={() => setOf(null)} />
        </Suspense>
      )}
    </>
  );
}

const inBar = ['deploy', 'restart', 'savepoint', 'stop', 'rollback', 'resume'] as const satisfies OperationKind[];
const inMenu = [
  'hotfix',
  'revertHotfix',
  'failover',
  'failback',
  'adopt',
  'recover',
  'transfer',
] as const satisfies OperationKind[];

interface ActionsProps {
  readonly job: ActionJob;
  readonly onAccepted?: OnAccepted;
}

export function Actions({ job, onAccepted }: ActionsProps) {
  const [open, setOpen] = useState<OperationKind | null>(null);
  const offered = useOffered(job);
  // Somebody in an incident must not wait for the code of the dialog.
  useEffect(() => void loadDialog().catch(() => undefined), []);
  return (
    <div className="actions" role="group" aria-label={`Actions on ${job.name}`}>
      {inBar.map((kind) => (
        <ActionButton key={kind} {...{ job, kind, onAccepted }} look={kind === 'deploy' ? 'primary' : 'plain'} />
      ))}
      <Menu title={<MoreHorizontal aria-hidden />} label="More actions">
        {inMenu.map((kind) => (
          <MenuAction key={kind} job={job.name} kind={kind} whyNot={whyNotOf(offered, kind)} onOpen={setOpen} />
        ))}
      </Menu>
      <span className="apart">
        <CancelButton job={job} />
        <ActionButton {...{ job, onAccepted }} kind="kill" look="danger" />
      </span>
      {open !== null && (
        <Suspense fallback={<Skeleton rows={1} label="Opening" />}>
          <ActionDialog {...{ job, onAccepted }} kind={open} onClose={() => setOpen(null)} />
        </Suspense>
      )}
    </div>
  );
}

interface MenuActionProps {
  readonly job: string;
  readonly kind: OperationKind;
  readonly whyNot: string | null;
  readonly onOpen: (kind: OperationKind) => void;
}

function MenuAction({ job, kind, whyNot, onOpen }: MenuActionProps) {
  const { name } = kinds[kind];
  const path = launchPath(job, kind, {});
  if (path !== null && whyNot === null) return <Link href={path}>{name}…</Link>;
  return (
    <button
      type="button"
      aria-disabled={whyNot !== null || undefined}
      className={whyNot === null ? undefined : 'off'}
      onClick={whyNot === null ? () => onOpen(kind) : (event) => event.stopPropagation()}
    >
      <span>
        {name}…{whyNot !== null && <span className="muted why">{whyNot}</span>}
      </span>
    </button>
  );
}
