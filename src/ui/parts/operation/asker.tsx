/** The person or the program that asked for an operation, and the door by which the request came. */
import { doors } from '../../../domain/operation/doors.ts';
import { doorOf, whoAsked } from '../../../domain/operation/in-words.ts';
import type { OperationRecord } from '../../../domain/operation/operation.ts';

type Asked = Pick<OperationRecord, 'actor' | 'via' | 'claimed'>;

export function Asker({ operation }: { readonly operation: Asked }) {
  const { via } = operation;
  return (
    <span>
      {whoAsked(operation)}{' '}
      <span className="muted" title={isDoor(via) ? doors[via].meaning : undefined}>
        ({doorOf(operation)})
      </span>
    </span>
  );
}

const isDoor = (via: string): via is keyof typeof doors => Object.hasOwn(doors, via);
