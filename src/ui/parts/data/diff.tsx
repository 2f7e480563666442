/** A unified diff, as plans and `GET …/diff` carry it, in a table with the numbers of both sides. */
import { diffLines, type DiffLine } from './diff-lines.ts';

const marks = { add: '+', drop: '−', same: ' ', gap: '⋯' } as const;
const words = { add: 'added', drop: 'removed', same: '', gap: '' } as const;

export function Diff({ text, label }: { readonly text: string; readonly label: string }) {
  const lines = diffLines(text);
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={label}>
      <table className="diff">
        <tbody>
          {lines.map((line, index) => (
            <Line key={index} line={line} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Line({ line: { kind, before, after, text } }: { readonly line: DiffLine }) {
  return (
    <tr className={kind}>
      <td className="number">{before}</td>
      <td className="number">{after}</td>
      <td aria-label={words[kind] === '' ? undefined : words[kind]}>{marks[kind]}</td>
      <td>
        <code>{text}</code>
      </td>
    </tr>
  );
}
