/** Options of the commands that list, and the note that a list goes on. */
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import type { Page } from '../api/contract.ts';
import type { Output } from './output.ts';
import { adding } from './shared-options.ts';

const MOST_ITEMS = 200;

/** Adds `--limit` and `--cursor`, as every list of the API takes them. */
export const withPageOptions = adding((command) =>
  command
    .addOption(new Option('--limit <count>', `number of items, at most ${MOST_ITEMS}`).argParser(parseLimit))
    .option('--cursor <cursor>', 'continue an earlier list'),
);

/** Names the records of a page that cannot be read, and tells how to read the next page. */
export function noteRest(out: Output, { nextCursor, unreadable = [] }: Omit<Page<unknown>, 'items'>): void {
  for (const { key, problem } of unreadable)
    out.note(`not shown: ${problem.includes(key) ? '' : `${key}: `}${problem}`);
  if (nextCursor !== null) out.note(`more: --cursor ${nextCursor}`);
}

function parseLimit(text: string): string {
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= MOST_ITEMS) return text;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_ITEMS}.`);
}
