/** The request as it was asked, field by field. */
import type { OperationItem } from '../../../api/contract.ts';
import { textOf } from '../../../domain/values/text-of.ts';
import { CopyButton } from '../../parts/copy.tsx';
import { Fact, Facts } from '../../parts/data/facts.tsx';

export function Request({ operation: { kind, request } }: { readonly operation: OperationItem }) {
  const fields = Object.entries(request).filter(([, value]) => value !== null && value !== undefined);
  return (
    <>
      <Facts>
        <Fact name="kind">
          <code>{kind}</code>
        </Fact>
        {fields.map(([name, value]) => (
          <Fact key={name} name={name}>
            <code>{textOf(value)}</code>
          </Fact>
        ))}
      </Facts>
      <p className="muted">
        The rest was left to its defaults. <CopyButton text={JSON.stringify({ kind, ...request })} of="request" />
      </p>
    </>
  );
}
