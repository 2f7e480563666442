/** JARs and files whose content is another one, by size and sha256. */
import { CopyButton } from '../copy.tsx';
import { bytesText } from '../data/format.ts';
import type { Changed } from './counts.ts';

interface Content {
  readonly sha256: string;
  readonly size: number;
}

const SHOWN_DIGITS = 12;

export function JarChanges({ changes: { jar, shipped } }: { readonly changes: Changed }) {
  const main = { name: jar.after?.name ?? jar.before?.name ?? '', kind: 'jar', before: jar.before, after: jar.after };
  return (
    <table className="table stacks">
      <thead>
        <tr>
          <th scope="col">File</th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {[...(jar.changed ? [main] : []), ...shipped].map(({ name, kind, before, after }) => (
          <tr key={`${kind} ${name}`}>
            <th scope="row">
              <code>{name}</code>
            </th>
            <td>
              <Told content={before} of={`sha256 of ${name} before`} />
            </td>
            <td>
              <Told content={after} of={`sha256 of ${name} after`} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Told({ content, of }: { readonly content: Content | null; readonly of: string }) {
  if (content === null) return <span className="muted">none</span>;
  const { sha256, size } = content;
  return (
    <span className="id">
      <span className="number">{bytesText(size)}</span>&nbsp;
      <code title={sha256}>{sha256.slice(0, SHOWN_DIGITS)}</code>
      <CopyButton text={sha256} of={of} />
    </span>
  );
}
