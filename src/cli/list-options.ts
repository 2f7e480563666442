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

/** Tells how to read the next page, when there is one. */
export function noteNextPage(out: Output, { nextCursor }: Pick<Page<unknown>, 'nextCursor'>): void {
  if (nextCursor !== null) out.note(`more: --cursor ${nextCursor}`);
}

function parseLimit(text: string): string {
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= MOST_ITEMS) return text;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_ITEMS}.`);
}
