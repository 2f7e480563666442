/** Registers the search attributes that workflows set: an unregistered one would fail their tasks for ever. */
import { isGrpcServiceError, type Connection } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import proto from '@temporalio/proto';
import { messageOf } from '../domain/errors/message-of.ts';
import { searchAttributes } from '../workflows/messages.ts';

const { IndexedValueType } = proto.temporal.api.enums.v1;
type ValueType = proto.temporal.api.enums.v1.IndexedValueType;

const types: Readonly<Record<'KEYWORD' | 'DATETIME', ValueType>> = {
  KEYWORD: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  DATETIME: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
};

/** The type of each of our search attributes, by its name. */
const ours: ReadonlyMap<string, ValueType> = new Map(
  Object.values(searchAttributes).map(({ name, type }) => [name, types[type]]),
);

/** Types as Temporal's command line names them. */
const typeNames: Readonly<Record<number, string>> = { [types.KEYWORD]: 'Keyword', [types.DATETIME]: 'Datetime' };

type Services = Pick<NativeConnection | Connection, 'operatorService' | 'workflowService'>;

/**
 * Looks which search attributes are missing and registers only those, because many installations let a worker look but not
 * register.
 * @throws Error when a name of ours is registered with another type, or the server refuses to add it.
 */
export async function ensureSearchAttributes(connection: Services, namespace: string): Promise<void> {
  const { missing, wrong } = await lookAtSearchAttributes(connection, namespace);
  if (wrong.length > 0) throw new Error(`search attributes ${wrong.join(', ')} are registered, but with another type`);
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
  names.map((name) => `--name ${name} --type ${typeNames[ours.get(name) ?? types.KEYWORD]}`).join(' ');

export interface SearchAttributesFound {
  readonly missing: readonly string[];
  /** Registered, with another type. */
  readonly wrong: readonly string[];
  /** How many Sluice needs. */
  readonly all: number;
}

/** Changes nothing. */
export async function lookAtSearchAttributes(connection: Services, namespace: string): Promise<SearchAttributesFound> {
  const registered = await listed(connection, namespace);
  if (registered === null) return { missing: await unknownToQueries(connection, namespace), wrong: [], all: ours.size };
  return {
    missing: [...ours.keys()].filter((name) => !(name in registered)),
    wrong: [...ours].flatMap(([name, type]) => (name in registered && registered[name] !== type ? [name] : [])),
    all: ours.size,
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

/** Counts by each attribute: the server refuses a query by a name that is not registered, or not with its type. */
async function unknownToQueries({ workflowService }: Services, namespace: string): Promise<readonly string[]> {
  const isUnknown = async ([name, type]: readonly [string, ValueType]): Promise<boolean> => {
    const query = type === types.KEYWORD ? `${name} STARTS_WITH "-"` : `${name} < "1970-01-01T00:00:00Z"`;
    try {
      await workflowService.countWorkflowExecutions({ namespace, query });
      return false;
    } catch (failure) {
      if (codeOf(failure) === INVALID_ARGUMENT) return true;
      throw failure;
    }
  };
  const unknown = await Promise.all([...ours].map(isUnknown));
  return [...ours.keys()].filter((_name, index) => unknown[index]);
}

/** Registers search attributes with their types; by default all of ours. */
export async function addSearchAttributes(
  { operatorService }: Pick<Services, 'operatorService'>,
  namespace: string,
  names: readonly string[] = [...ours.keys()],
): Promise<void> {
  await operatorService.addSearchAttributes({
    namespace,
    searchAttributes: Object.fromEntries([...ours].filter(([name]) => names.includes(name))),
  });
}
