/** Saves the operations that fit the filters, page by page up to a bound, for a spreadsheet or for a program. */
import { Download } from 'lucide-react';
import { useState } from 'react';
import type { OperationItem } from '../../../api/contract.ts';
import { read } from '../../api/client.ts';
import { problemIn } from '../../api/problems.ts';
import type { Query, Reads } from '../../api/reads.ts';
import { announce } from '../../parts/announce.tsx';
import { countText } from '../../parts/data/format.ts';
import { saveText } from '../../parts/download.tsx';
import { Menu } from '../../parts/menu.tsx';
import { csvOf, jsonLinesOf } from './export.ts';

const PAGE = 200;
const MOST = 10_000;

const formats = [
  { title: 'CSV, for a spreadsheet', ending: 'csv', type: 'text/csv', textOf: csvOf },
  { title: 'JSON lines, with everything', ending: 'jsonl', type: 'application/jsonl', textOf: jsonLinesOf },
] as const;

export function ExportMenu({ query }: { readonly query: Query }) {
  const [count, setCount] = useState<number | null>(null);
  const save = async ({ ending, type, textOf }: (typeof formats)[number]): Promise<void> => {
    try {
      const { items, isCut } = await readAll(query, setCount);
      saveText(`operations.${ending}`, textOf(items), type);
      const saved = `Saved ${countText(items.length)} operations`;
      announce(isCut ? `${saved}: no more are exported at once, so narrow the filters` : saved);
    } catch (failure) {
      announce(`Nothing was saved: ${problemIn(failure).detail}`);
    } finally {
      setCount(null);
    }
  };
  return (
    <Menu
      title={
        <>
          <Download aria-hidden /> {count === null ? 'Export' : `Reading, ${countText(count)} so far`}
        </>
      }
    >
      {formats.map((format) => (
        <button
          key={format.ending}
          type="button"
          aria-disabled={count !== null || undefined}
          onClick={() => (count === null ? void save(format) : undefined)}
        >
          {format.title}
        </button>
      ))}
    </Menu>
  );
}

async function readAll(query: Query, onCount: (count: number) => void) {
  const items: OperationItem[] = [];
  let cursor: string | null = null;
  do {
    onCount(items.length);
    const page: Reads['/operations'] = await read('/operations', {
      query: { ...query, limit: PAGE, ...(cursor === null ? {} : { cursor }) },
    });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && items.length < MOST);
  return { items, isCut: cursor !== null };
}
