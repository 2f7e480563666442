/** Registers the search attributes that workflows set: an unregistered one would fail their tasks for ever. */
import type { NativeConnection } from '@temporalio/worker';
import proto from '@temporalio/proto';
import { searchAttributes } from '../workflows/messages.ts';

const KEYWORD = proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;

const ours: readonly string[] = Object.values(searchAttributes).map(({ name }) => name);

/**
 * Registers the missing search attributes before the worker polls.
 * @throws Error when a name of ours is registered with another type, or the server refuses to add it.
 */
export async function ensureSearchAttributes(connection: NativeConnection, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
  const wrong = ours.filter((name) => (customAttributes[name] ?? KEYWORD) !== KEYWORD);
  if (wrong.length > 0) throw new Error(`search attributes ${wrong.join(', ')} are registered, but not as Keyword`);
  const missing = ours.filter((name) => !(name in customAttributes));
  if (missing.length > 0) await addSearchAttributes(connection, namespace, missing);
}

/** Registers search attributes as Keyword; by default all of ours. */
export async function addSearchAttributes(
  { operatorService }: Pick<NativeConnection, 'operatorService'>,
  namespace: string,
  names: readonly string[] = ours,
): Promise<void> {
  await operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(names.map((name) => [name, KEYWORD])),
  });
}
