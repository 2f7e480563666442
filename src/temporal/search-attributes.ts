/** Registers the search attributes that workflows set: an unregistered one would fail their tasks for ever. */
import { isGrpcServiceError, type Connection } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import proto from '@temporalio/proto';
import { messageOf } from '../domain/errors/message-of.ts';
import { searchAttributes } from '../workflows/messages.ts';

const KEYWORD: number = proto.temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;

const ours: readonly string[] = Object.values(searchAttributes).map(({ name }) => name);

type Services = Pick<NativeConnection | Connection, 'operatorService' | 'workflowService'>;

/**
 * Looks which search attributes are missing and registers only those, because many installations let a worker look but not
 * register.
 * @throws Error when a name of ours is registered with another type, or the server refuses to add it.
 */
export async function ensureSearchAttributes(connection: Services, namespace: string): Promise<void> {
  const { missing, wrong } = await lookAtSearchAttributes(connection, namespace);
  if (wrong.length > 0) throw new Error(`search attributes ${wrong.join(', ')} are registered, but not as Keyword`);
  if (missing.length === 0) return;
  try {
    await addSearchAttributes(connection, namespace, missing);
  } catch (failure) {
    throw new Error(
      `search attributes are missing in namespace ${namespace}, and this worker may not register them ` +
        `(${messageOf(failure)}). Let somebody who may run: ${commandFor(namespace, missing)}`,
      { cause: failure },
    );
  }
}

const commandFor = (namespace: string, names: readonly string[]): string =>
  `temporal operator search-attribute create --namespace ${namespace} ` +
  names.map((name) => `--name ${name} --type Keyword`).join(' ');

export interface SearchAttributesFound {
  readonly missing: readonly string[];
  /** Registered, and not as Keyword. */
  readonly wrong: readonly string[];
}

/** Changes nothing. */
export async function lookAtSearchAttributes(connection: Services, namespace: string): Promise<SearchAttributesFound> {
  const registered = await listed(connection, namespace);
  if (registered === null) return { missing: await unknownToQueries(connection, namespace), wrong: [] };
  return {
    missing: ours.filter((name) => !(name in registered)),
    wrong: ours.filter((name) => name in registered && registered[name] !== KEYWORD),
  };
}

/** Null where this caller may not ask the operator's service: Temporal Cloud lets nobody. */
async function listed({ operatorService }: Services, namespace: string): Promise<Record<string, number> | null> {
  try {
    return (await operatorService.listSearchAttributes({ namespace })).customAttributes;
  } catch (failure) {
    if (NOT_FOR_US.includes(codeOf(failure))) return null;
    throw failure;
  }
}

/** PERMISSION_DENIED, UNIMPLEMENTED, UNAUTHENTICATED (https://grpc.io/docs/guides/status-codes/). */
const NOT_FOR_US: readonly number[] = [7, 12, 16];
const INVALID_ARGUMENT = 3;

const codeOf = (failure: unknown): number => (isGrpcServiceError(failure) ? failure.code : -1);

/** Counts by each attribute: the server refuses a query by a name that is not registered, or by a prefix of no Keyword. */
async function unknownToQueries({ workflowService }: Services, namespace: string): Promise<readonly string[]> {
  const isUnknown = async (name: string): Promise<boolean> => {
    try {
      await workflowService.countWorkflowExecutions({ namespace, query: `${name} STARTS_WITH "-"` });
      return false;
    } catch (failure) {
      if (codeOf(failure) === INVALID_ARGUMENT) return true;
      throw failure;
    }
  };
  const unknown = await Promise.all(ours.map(isUnknown));
  return ours.filter((_name, index) => unknown[index]);
}

/** Registers search attributes as Keyword; by default all of ours. */
export async function addSearchAttributes(
  { operatorService }: Pick<Services, 'operatorService'>,
  namespace: string,
  names: readonly string[] = ours,
): Promise<void> {
  await operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries(names.map((name) => [name, KEYWORD])),
  });
}
