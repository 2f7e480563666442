/**
 * A long table of which only the rows in sight are in the page. It scrolls with the window, so that the browser finds the place
 * again on the way back. Tab reaches a single row; the arrows, j and k go to the others.
 */
import { useWindowVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState, type CSSProperties, type ReactNode } from 'react';
import { Link } from 'wouter';
import { useShortcuts } from '../../state/shortcuts.ts';
import { ColumnHead } from './column-head.tsx';

export interface Column<T> {
  readonly key: string;
  readonly title: string;
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
  readonly hrefOf: (item: T) => string;
  /** How many there are with those that have not come yet. */
  readonly total: number;
  /** Called when the last rows come into sight. */
  readonly onEnd: () => void;
  readonly sort?: string;
  readonly onSort?: (sort: string) => void;
}

const ROW_PX = 38;
const NEAR_END = 20;

export function Rows<T>(props: RowsProps<T>) {
  const { label, columns, items, nameOf, hrefOf, total, onEnd, sort = '', onSort } = props;
  const body = useRef<HTMLDivElement>(null);
  const [margin, setMargin] = useState(0);
  useEffect(() => setMargin(body.current?.offsetTop ?? 0), []);
  const virtual = useWindowVirtualizer({
    count: items.length,
    estimateSize: () => ROW_PX,
    overscan: 8,
    scrollMargin: margin,
    getItemKey: (index) => (items[index] === undefined ? index : nameOf(items[index])),
  });
  const shown = virtual.getVirtualItems();
  const isNearEnd = (shown.at(-1)?.index ?? 0) >= items.length - NEAR_END;
  const hasMore = items.length < total;
  useEffect(() => {
    if (isNearEnd && hasMore) onEnd();
  }, [isNearEnd, hasMore, items.length, onEnd]);
  const roving = useRoving(items.length, body, (index) => virtual.scrollToIndex(index));
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
          return (
            <div
              key={key}
              role="row"
              aria-rowindex={index + 2}
              data-index={index}
              ref={virtual.measureElement}
              className="row"
              style={{ transform: `translateY(${start - margin}px)` }}
            >
              {columns.map((column, place) => (
                <div key={column.key} role="cell" className={`cell-${column.key}`}>
                  {place === 0 ? (
                    <Link href={hrefOf(item)} tabIndex={index === roving.place ? 0 : -1} data-row={index}>
                      {nameOf(item)}
                    </Link>
                  ) : null}
                  {column.cell(item)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
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
