/** Puts an operation that goes on into the pages of a list. Pure. */
import type { OperationItem } from '../../../api/contract.ts';

interface Pages {
  readonly pages: readonly { readonly items: readonly OperationItem[] }[];
}

/** @returns null where the list does not have the operation, or has it as ended. */
export function withOperation<T extends Pages>(data: T, told: OperationItem): T | null {
  const isIt = (one: OperationItem): boolean => one.id === told.id && one.job === told.job && one.endedAt === null;
  if (!data.pages.some(({ items }) => items.some(isIt))) return null;
  const pages = data.pages.map((page) =>
    page.items.some(isIt) ? { ...page, items: page.items.map((one) => (isIt(one) ? { ...one, ...told } : one)) } : page,
  );
  return { ...data, pages };
}
