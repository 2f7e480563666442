/**
 * A long table of which only the rows in sight are in the page. It scrolls with the window, so that the browser finds the place
 * again on the way back. Tab reaches a single row; the arrows, j and k go to the others.
 */
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useRef, useState, type CSSProperties, type ReactNode } from 'react';
import { Link } from 'wouter';
import { useShortcuts } from '../../state/shortcuts.ts';
import { ColumnHead } from './column-head.tsx';

export interface Column<T> {
  readonly key: string;
  readonly title: string;
  /** The cells need no title for those who see them. */
  readonly isTitleUnseen?: boolean;
  /** A track of the grid, such as `minmax(12rem, 2fr)`. */
  readonly width: string;
  readonly cell: (item: T) => ReactNode;
  /** The name by which the API sorts; absent where it does not. */
  readonly sort?: string;
}

interface RowsProps<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly items: readonly T[];
  readonly nameOf: (item: T) => string;
  /** Tells items of one name apart; by default the name does. */
  readonly keyOf?: (item: T) => string;
  readonly hrefOf: (item: T) => string;
  /** How many there are with those that have not come yet. */
  readonly total: number;
  /** Called when the last rows come into sight. */
  readonly onEnd: () => void;
  readonly sort?: string;
  readonly onSort?: (sort: string) => void;
  /** Keys that do something with the row that has the focus. */
  readonly rowKeys?: readonly RowKey<T>[];
  /** Called with the rows in sight when they are others. */
  readonly onShown?: (items: readonly T[]) => void;
}

interface RowKey<T> {
  readonly keys: string;
  readonly does: string;
  readonly act: (item: T, row: HTMLElement) => void;
}

const ROW_PX = 38;
const OVERSCAN = 1;
/** More than a screen: the next rows are on their way before somebody sees the end. */
const NEAR_END = 60;

export function Rows<T>(props: RowsProps<T>) {
  const { label, columns, items, nameOf, keyOf = nameOf, hrefOf, total, onEnd } = props;
  const { sort = '', onSort, rowKeys = [], onShown } = props;
  const body = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  useEffect(() => {
    // Parts above the table may come later than its rows.
    const resized = new ResizeObserver(() => setMargin(body.current?.offsetTop ?? 0));
    resized.observe(document.body);
    return () => resized.disconnect();
  }, []);
  const virtual = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => ROW_PX,
    overscan: OVERSCAN,
    scrollMargin: margin,
    getItemKey: (index) => (items[index] === undefined ? index : keyOf(items[index])),
  });
  const shown = virtual.getVirtualItems();
  const isNearEnd = (shown.at(-1)?.index ?? 0) >= items.length - NEAR_END;
  const hasMore = items.length < total;
  useEffect(() => {
    if (isNearEnd && hasMore) onEnd();
  }, [isNearEnd, hasMore, items.length, onEnd]);
  const roving = useRoving(items.length, body, (index) => virtual.scrollToIndex(index));
  useRowKeys(props, rowKeys);
  const [first, last] = [shown.at(0)?.index ?? 0, shown.at(-1)?.index ?? -1];
  useEffect(() => onShown?.(items.slice(first, last + 1)), [first, last, items, onShown]);
  const tracks = { '--columns': columns.map(({ width }) => width).join(' ') } as CSSProperties;
  return (
    <div role="table" aria-label={label} aria-rowcount={total + 1} className="rows" style={tracks}>
      <div role="rowgroup" className="rows-head">
        <div role="row" aria-rowindex={1} className="row">
          {columns.map((column) => (
            <ColumnHead key={column.key} column={column} sort={sort} onSort={onSort} />
          ))}
        </div>
      </div>
      <div role="rowgroup" ref={body} className="rows-body" style={{ height: virtual.getTotalSize() }}>
        {shown.map(({ index, key, start }) => {
          const item = items[index];
          if (item === undefined) return null;
          const isReached = index === roving.place;
          const place = { index, start: start - margin, isReached };
          return <Row key={key} {...{ item, columns, nameOf, hrefOf, place }} measure={virtual.measureElement} />;
        })}
      </div>
    </div>
  );
}

interface RowProps<T> extends Pick<RowsProps<T>, 'columns' | 'nameOf' | 'hrefOf'> {
  readonly item: T;
  readonly place: { readonly index: number; readonly start: number; readonly isReached: boolean };
  readonly measure: (row: HTMLElement | null) => void;
}

/** Drawn anew only when its own item or place is another one: an event, or a scroll, touches few rows. */
const Row = memo(PlainRow, (before, { place, ...next }) => {
  const isSame = (Object.keys(next) as (keyof typeof next)[]).every((key) => before[key] === next[key]);
  const { index, start, isReached } = before.place;
  return isSame && index === place.index && start === place.start && isReached === place.isReached;
}) as typeof PlainRow; // `memo` keeps no type parameter

function PlainRow<T>({ item, columns, nameOf, hrefOf, place, measure }: RowProps<T>) {
  const { index, start, isReached } = place;
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      data-index={index}
      ref={measure}
      className="row"
      style={{ transform: `translateY(${start}px)` }}
    >
      {columns.map((column, number) => (
        <div key={column.key} role="cell" className={`cell-${column.key}`}>
          {number === 0 && (
            <Link href={hrefOf(item)} tabIndex={isReached ? 0 : -1} data-row={index}>
              {nameOf(item)}
            </Link>
          )}
          {column.cell(item)}
        </div>
      ))}
    </div>
  );
}

/** Keys for the row that has the focus; `o` opens every row. */
function useRowKeys<T>({ items, hrefOf }: RowsProps<T>, rowKeys: readonly RowKey<T>[]): void {
  const all: readonly RowKey<T>[] = [
    { keys: 'o', does: 'Open the row in a new tab', act: (item) => void window.open(hrefOf(item), '_blank') },
    ...rowKeys,
  ];
  useShortcuts(
    all.map(({ keys, does, act }) => ({
      keys,
      does,
      act() {
        const row = document.activeElement?.closest<HTMLElement>('[data-index]');
        const item = row ? items[Number(row.dataset['index'])] : undefined;
        if (row && item !== undefined) act(item, row);
      },
    })),
  );
}

/** The row that Tab reaches, and the keys that move it. */
function useRoving(count: number, body: { readonly current: HTMLElement | null }, show: (index: number) => void) {
  const [place, setPlace] = useState(0);
  const focus = (index: number): void => body.current?.querySelector<HTMLElement>(`[data-row="${index}"]`)?.focus();
  const move = (by: number): void => {
    const isAtRow = body.current?.contains(document.activeElement) ?? false;
    const next = Math.max(0, Math.min(count - 1, isAtRow ? place + by : place));
    setPlace(next);
    show(next);
    focus(next);
    requestAnimationFrame(() => focus(next)); // of a row that has just come into the page
  };
  const moves = [
    { keys: 'j', does: 'Next row', act: () => move(1) },
    { keys: 'k', does: 'Row before', act: () => move(-1) },
    { keys: 'ArrowDown', does: 'Next row', act: () => move(1) },
    { keys: 'ArrowUp', does: 'Row before', act: () => move(-1) },
  ];
  useShortcuts(moves);
  return { place: Math.min(place, Math.max(0, count - 1)) };
}
