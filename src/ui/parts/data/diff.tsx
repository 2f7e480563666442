/**
 * A unified diff, as plans and `GET …/diff` carry it, in a table with the numbers of both sides. A line between hunks says how
 * much is left out, and within a changed line the part that differs stands out.
 */
import { Ellipsis } from 'lucide-react';
import { diffLines, type DiffLine } from './diff-lines.ts';

const marks = { add: '+', drop: '−', same: ' ' } as const;
const words = { add: 'added', drop: 'removed', same: null } as const;

export function Diff({ text, label }: { readonly text: string; readonly label: string }) {
  const lines = diffLines(text);
  return (
    <div className="scroll framed-text" tabIndex={0} role="region" aria-label={label}>
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

function Line({ line }: { readonly line: DiffLine }) {
  const { kind, before, after, text } = line;
  if (kind === 'gap') {
    return (
      <tr className="gap">
        <td className="number" colSpan={3}>
          <Ellipsis aria-hidden />
        </td>
        <td>{text}</td>
      </tr>
    );
  }
  return (
    <tr className={kind}>
      <td className="number">{before}</td>
      <td className="number">{after}</td>
      <td className="mark">
        <span aria-hidden>{marks[kind]}</span>
        {words[kind] !== null && <span className="unseen">{words[kind]}</span>}
      </td>
      <td>
        <code>
          <Parts line={line} />
        </code>
      </td>
    </tr>
  );
}

function Parts({ line: { text, changed } }: { readonly line: DiffLine }) {
  if (!changed || changed[0] === changed[1]) return text;
  const [from, to] = changed;
  return (
    <>
      {text.slice(0, from)}
      <b>{text.slice(from, to)}</b>
      {text.slice(to)}
    </>
  );
}
