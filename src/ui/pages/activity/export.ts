/** Operations as a table for other programs, and as lines of JSON. Pure. */
import type { OperationItem } from '../../../api/contract.ts';
import { doorOf, releaseOf } from '../../../domain/operation/in-words.ts';

const columns: readonly (readonly [name: string, of: (one: OperationItem) => string | number | null])[] = [
  ['job', ({ job }) => job],
  ['id', ({ id }) => id],
  ['kind', ({ kind }) => kind],
  ['outcome', ({ outcome }) => outcome ?? 'inProgress'],
  ['actor', ({ actor }) => actor],
  ['via', doorOf],
  ['release', releaseOf],
  ['deployment', ({ deployment }) => deployment],
  ['reason', ({ reason }) => reason],
  ['acceptedAt', ({ acceptedAt }) => acceptedAt],
  ['endedAt', ({ endedAt }) => endedAt],
  ['tookMs', ({ acceptedAt, endedAt }) => (endedAt === null ? null : Date.parse(endedAt) - Date.parse(acceptedAt))],
  ['error', ({ error }) => error?.code ?? null],
  ['cause', ({ error }) => error?.cause?.class ?? null],
  ['detail', ({ error }) => error?.detail ?? null],
];

/** A spreadsheet takes a text that begins so for a formula, and reasons are texts of anybody. */
const FORMULA = /^[=+\-@\t\r]/;

function cellOf(value: string | number | null): string {
  if (typeof value === 'number') return String(value);
  const text = value === null ? '' : FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** RFC 4180. */
export const csvOf = (operations: readonly OperationItem[]): string =>
  [columns.map(([name]) => name), ...operations.map((one) => columns.map(([, of]) => cellOf(of(one))))]
    .map((cells) => `${cells.join(',')}\r\n`)
    .join('');

export const jsonLinesOf = (operations: readonly OperationItem[]): string =>
  operations.map((one) => `${JSON.stringify(one)}\n`).join('');
