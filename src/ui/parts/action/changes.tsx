/** The differences that a start brings: the file, the options of Flink with the layer of each, the JAR, the hotfix. */
import type { ReactNode } from 'react';
import type { Changes } from '../../../domain/plan/plan.ts';
import { Diff } from '../data/diff.tsx';
import { bytesText } from '../data/format.ts';

export function ChangesView({ changes }: { readonly changes: Changes }) {
  const { file, configuration, configurationLeftOut, jar, shipped, hotfix } = changes;
  const options = configuration.length + configurationLeftOut;
  return (
    <div className="changes">
      <Section title="Deployment file" says={file.diff === null ? 'stays as it is' : linesText(file.diff)} isOpen>
        {file.diff !== null && <Diff text={file.diff} label="Differences of the deployment file" />}
      </Section>
      <Section
        title="Configuration of Flink"
        says={options === 0 ? 'stays as it is' : countOf(options, 'option')}
        isOpen
      >
        {options > 0 && <Options changes={changes} />}
      </Section>
      <Section title="JAR" says={jarText(jar)}>
        {jar.after && <JarTable jar={jar} />}
      </Section>
      {shipped.length > 0 && (
        <Section title="Further files" says={countOf(shipped.length, 'file')}>
          <ul>
            {shipped.map(({ name, kind, before, after }) => (
              <li key={name}>
                <code>{name}</code> ({kind}){' '}
                {before === null ? 'comes' : after === null ? 'goes' : 'has another content'}
              </li>
            ))}
          </ul>
        </Section>
      )}
      {hotfix.lines.length > 0 && (
        <Section title="Hotfix" says={`${countOf(hotfix.lines.length, 'value')} override the file`} isOpen>
          <ul>
            {hotfix.lines.map((line) => (
              <li key={line}>
                <code>{line}</code>
              </li>
            ))}
          </ul>
        </Section>
      )}
    </div>
  );
}

interface SectionProps {
  readonly title: string;
  /** The count beside the title, which tells whether it is worth a look. */
  readonly says: string;
  readonly isOpen?: boolean;
  readonly children: ReactNode;
}

function Section({ title, says, isOpen = false, children }: SectionProps) {
  const head = (
    <>
      <strong>{title}</strong> <span className="muted">{says}</span>
    </>
  );
  if (children === false || children == null) return <p className="no-section">{head}</p>;
  return (
    <details open={isOpen}>
      <summary>{head}</summary>
      {children}
    </details>
  );
}

const countOf = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

function linesText(diff: string): string {
  const lines = diff.split('\n');
  const added = lines.filter((line) => line.startsWith('+') && !line.startsWith('+++')).length;
  const dropped = lines.filter((line) => line.startsWith('-') && !line.startsWith('---')).length;
  return `+${added} −${dropped}`;
}

function Options({ changes: { configuration, configurationLeftOut } }: { readonly changes: Changes }) {
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label="Differences of the configuration">
      <table className="table options">
        <thead>
          <tr>
            <th scope="col">Option</th>
            <th scope="col">Before</th>
            <th scope="col">After</th>
          </tr>
        </thead>
        <tbody>
          {configuration.map(({ key, before, after, originBefore, originAfter }) => (
            <tr key={key}>
              <td>
                <code>{key}</code>
              </td>
              <Value value={before} origin={originBefore} look="drop" />
              <Value value={after} origin={originAfter} look="add" />
            </tr>
          ))}
        </tbody>
      </table>
      {configurationLeftOut > 0 && <p className="muted">And {configurationLeftOut} more.</p>}
    </div>
  );
}

function Value({
  value,
  origin,
  look,
}: {
  readonly value: string | null;
  readonly origin: string | null;
  readonly look: string;
}) {
  if (value === null) return <td className="muted">not set</td>;
  return (
    <td className={look}>
      <code>{value}</code> <span className="origin">{origin}</span>
    </td>
  );
}

const jarText = ({ changed, after }: Changes['jar']): string =>
  after === null ? 'not known' : changed ? `another one: ${after.name}` : `the same: ${after.name}`;

function JarTable({ jar: { before, after } }: { readonly jar: Changes['jar'] }) {
  const rows = [
    ['before', before],
    ['after', after],
  ] as const;
  return (
    <table className="table">
      <tbody>
        {rows.map(([when, jar]) => (
          <tr key={when}>
            <th scope="row">{when}</th>
            <td>{jar?.name ?? 'none'}</td>
            <td>{jar?.release}</td>
            <td>
              <code title={jar?.sha256}>{jar?.sha256.slice(0, 12)}</code>
            </td>
            <td className="number">{jar && bytesText(jar.size)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
