/** The rows of the list, with their keys and their menu. */
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo, useState } from 'react';
import type { JobItem } from '../../../../api/job-list-contract.ts';
import type { Reads } from '../../../api/reads.ts';
import { readQuery } from '../../../api/use-read.ts';
import { Rows } from '../../../parts/data/rows.tsx';
import { turnStar } from '../../../state/stars.ts';
import { useUrlState } from '../../../state/url.ts';
import { useChosenColumns } from './column-menu.tsx';
import { columnsOf } from './columns.tsx';
import { RowMenu, type Opened } from './row-menu.tsx';
import { useCheckpoints } from './use-checkpoints.ts';

interface JobRowsProps {
  readonly items: readonly JobItem[];
  readonly total: number;
  readonly onEnd: () => void;
}

const nameOf = ({ name }: JobItem): string => name;
const hrefOf = ({ name }: JobItem): string => `/jobs/${name}`;

export function JobRows({ items, total, onEnd }: JobRowsProps) {
  const url = useUrlState();
  const [opened, setOpened] = useState<Opened | null>(null);
  const { onShown, checkpoints } = useCheckpoints();
  const silentClusters = useSilentClusters();
  const open = useCallback(({ name }: JobItem, button: HTMLElement) => setOpened({ name, button }), []);
  const close = useCallback(() => setOpened(null), []);
  const all = useMemo(
    () => columnsOf({ checkpoints, silentClusters, onMenu: open }),
    [checkpoints, silentClusters, open],
  );
  const columns = useChosenColumns(all);
  return (
    <>
      <Rows
        label="Jobs"
        columns={columns}
        items={items}
        nameOf={nameOf}
        hrefOf={hrefOf}
        total={total}
        onEnd={onEnd}
        sort={url.get('sort') || 'name'}
        onSort={(sort) => url.set({ sort: sort === 'name' ? null : sort })}
        onShown={onShown}
        rowKeys={[
          { keys: 's', does: 'Star the row', act: ({ name }) => turnStar(name) },
          { keys: 'm', does: 'Menu of the row', act: open },
        ]}
      />
      <RowMenu opened={opened} onClose={close} />
    </>
  );
}

const NONE: readonly string[] = [];

const silentOf = ({ items }: Reads['/clusters']): readonly string[] =>
  items.flatMap(({ name, reachable }) => (reachable ? [] : [name]));

/** The frame asks for the clusters now and then. */
function useSilentClusters(): readonly string[] {
  const { data } = useQuery({ ...readQuery('/clusters', {}), select: silentOf });
  return data ?? NONE;
}
