/** The menu of a row: one for the whole list. It reads its job when it opens, so that every action says why it is not offered. */
import { Suspense, useEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import type { JobBody } from '../../../../api/contract.ts';
import type { OperationKind } from '../../../../domain/lifecycle.ts';
import { useOffered } from '../../../api/permissions.ts';
import { useRead } from '../../../api/use-read.ts';
import { whyNotOf } from '../../../parts/action/actions.tsx';
import { kinds } from '../../../parts/action/kinds.ts';
import { fetched } from '../../../state/fetched.ts';
import { placeBelow } from '../../../parts/menu.tsx';
import { Loaded } from '../../../parts/panel.tsx';
import { Skeleton } from '../../../parts/states.tsx';

const ActionDialog = fetched(() => import('../../../parts/action/action-dialog.tsx'));

/** The row whose menu is open, and its button. */
export interface Opened {
  readonly name: string;
  readonly button: HTMLElement;
}

interface Acting {
  readonly job: JobBody;
  readonly kind: OperationKind;
}

export function RowMenu({ opened, onClose }: { readonly opened: Opened | null; readonly onClose: () => void }) {
  const list = useRef<HTMLDivElement>(null);
  const [acting, setActing] = useState<Acting | null>(null);
  useEffect(() => {
    const popover = list.current;
    if (!popover || !opened) return;
    const place = (): void => placeBelow(opened.button, popover);
    const toggle = (event: Event): void => {
      if ((event as ToggleEvent).newState === 'closed') onClose();
    };
    popover.showPopover();
    place();
    popover.querySelector('a')?.focus();
    const grown = new ResizeObserver(place);
    grown.observe(popover);
    popover.addEventListener('toggle', toggle);
    return () => {
      grown.disconnect();
      popover.removeEventListener('toggle', toggle);
      if (popover.matches(':popover-open')) popover.hidePopover();
    };
  }, [opened, onClose]);
  return (
    <>
      <div ref={list} popover="auto" className="menu" role="dialog" aria-label={`Menu of ${opened?.name ?? 'a job'}`}>
        {opened && <Content name={opened.name} onAct={setActing} onClose={onClose} />}
      </div>
      {acting && (
        <Suspense fallback={<Skeleton rows={1} label="Opening" />}>
          <ActionDialog job={acting.job} kind={acting.kind} onClose={() => setActing(null)} />
        </Suspense>
      )}
    </>
  );
}

interface ContentProps {
  readonly name: string;
  readonly onAct: (acting: Acting) => void;
  readonly onClose: () => void;
}

function Content({ name, onAct, onClose }: ContentProps) {
  const query = useRead('/jobs/{job}', { params: { job: name } });
  return (
    <>
      <Link href={`/jobs/${name}`}>Open</Link>
      <Link href={`/jobs/${name}/history`}>History</Link>
      <Link href={`/jobs/${name}/logs`}>Logs</Link>
      <Link href={`/jobs/${name}/launch`}>Launch…</Link>
      <hr />
      <Loaded query={query} rows={5}>
        {(job) => (
          <>
            <RowActions job={job} onAct={onAct} onClose={onClose} />
            <Elsewhere links={job.links} />
          </>
        )}
      </Loaded>
    </>
  );
}

const inMenu = ['savepoint', 'restart', 'stop', 'rollback', 'resume', 'kill'] as const satisfies OperationKind[];

interface RowActionsProps extends Omit<ContentProps, 'name'> {
  readonly job: JobBody;
}

function RowActions({ job, onAct, onClose }: RowActionsProps) {
  const offered = useOffered(job);
  return inMenu.map((kind) => {
    const whyNot = whyNotOf(offered, kind);
    const act = (): void => {
      onClose();
      onAct({ job, kind });
    };
    return (
      <button
        key={kind}
        type="button"
        className={kind === 'kill' ? 'tone-bad' : undefined}
        aria-disabled={whyNot !== null || undefined}
        title={whyNot ?? undefined}
        onClick={whyNot === null ? act : undefined}
      >
        {kinds[kind].name}…{whyNot !== null && <span className="unseen"> {whyNot}</span>}
      </button>
    );
  });
}

const Elsewhere = ({ links }: Pick<JobBody, 'links'>) =>
  (['flink', 'yarn', 'temporal'] as const).map((name) => {
    const href = links[name];
    return (
      href !== null && (
        <a key={name} href={href} target="_blank" rel="noreferrer">
          {{ flink: 'Flink', yarn: 'YARN', temporal: 'Temporal' }[name]} ↗
        </a>
      )
    );
  });
