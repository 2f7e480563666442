/** The columns of the list of operations. */
import type { OperationItem } from '../../../api/contract.ts';
import { releaseOf } from '../../../domain/operation/in-words.ts';
import { Badge, OutcomeBadge } from '../../parts/data/badge.tsx';
import type { Column } from '../../parts/data/rows.tsx';
import { Elapsed, Time } from '../../parts/data/time.tsx';
import { busySign } from '../../parts/data/tones.ts';
import { Asker } from '../../parts/operation/asker.tsx';

export const columns: readonly Column<OperationItem>[] = [
  { key: 'operation', title: 'Operation', width: 'minmax(14rem, 1.6fr)', cell: () => null },
  { key: 'outcome', title: 'Outcome', width: 'minmax(11rem, 1.4fr)', cell: (one) => <Outcome operation={one} /> },
  { key: 'release', title: 'Release', width: 'minmax(8rem, 1fr)', cell: (one) => <code>{releaseOf(one) ?? '–'}</code> },
  {
    key: 'by',
    title: 'By',
    width: 'minmax(10rem, 1.4fr)',
    cell: (one) => (
      <>
        <Asker operation={one} />
        {one.reason !== null && <p className="muted sub">“{one.reason}”</p>}
      </>
    ),
  },
  { key: 'when', title: 'Asked', width: '6rem', cell: ({ acceptedAt }) => <Time at={acceptedAt} /> },
  {
    key: 'took',
    title: 'Took',
    width: '6rem',
    cell: ({ acceptedAt, endedAt }) => <Elapsed since={acceptedAt} until={endedAt} />,
  },
];

function Outcome({ operation: { outcome, phase, error } }: { readonly operation: OperationItem }) {
  if (outcome === null && phase !== null) return <Badge {...busySign}>{phase}</Badge>;
  return (
    <>
      <OutcomeBadge outcome={outcome} />
      {error && <p className="muted sub">{error.cause?.meaning ?? error.detail}</p>}
    </>
  );
}
