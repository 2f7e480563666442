/** Shows how two starts differ: the fields, the file as a diff, the options of Flink, the hotfix. */
import type { Plan } from '../../api/contract.ts';
import type { Output } from '../output.ts';
import { bytes, orDash } from '../show.ts';

type Changes = NonNullable<Plan['changes']>;

/** Fields that both starts have, each with the value before where that differs. */
export const changeFields = (changes: Changes): [string, string | null][] => [
  ['release', arrow(changes.release)],
  ['commit', arrow(changes.gitCommit)],
  ['JAR', jarOf(changes.jar)],
  ...changes.shipped.map((file): [string, string] => [file.kind === 'jar' ? 'further JAR' : 'file', fileOf(file)]),
  ['cluster', arrow(changes.cluster)],
  ['launcher', arrow(changes.launcher)],
  ['Flink', arrow(changes.flinkVersion)],
  ['parallelism', arrow(changes.parallelism)],
];

export function showDifferences(out: Output, { file, configuration, configurationLeftOut, hotfix }: Changes): void {
  const { green, red, dim } = out.colors;
  if (file.diff !== null) {
    heading(out, 'Deployment file');
    for (const line of file.diff.trimEnd().split('\n')) out.line(painted(out, line));
  }
  if (configuration.length > 0) {
    heading(out, 'Effective configuration');
    for (const { key, before, after, originBefore, originAfter } of configuration) {
      if (before !== null) out.line(red(`- ${key}: ${before}  (${orDash(originBefore)})`));
      if (after !== null) out.line(green(`+ ${key}: ${after}  (${orDash(originAfter)})`));
    }
    if (configurationLeftOut > 0) out.line(dim(`… and ${configurationLeftOut} more`));
  }
  if (hotfix.lines.length > 0) {
    heading(out, `Hotfix, until ${orDash(hotfix.expiresAt)}`);
    for (const line of hotfix.lines) out.line(`  ${line}`);
  }
}

export function heading(out: Output, text: string): void {
  out.line();
  out.line(out.colors.bold(text));
}

/** Shows a value, and the value before where that differs. */
function arrow({
  before,
  after,
}: {
  readonly before: string | number | null;
  readonly after: string | number | null;
}): string | null {
  if (before === null || before === after) return after === null ? null : String(after);
  return `${before} → ${orDash(after)}`;
}

function jarOf({ after, before, changed }: Changes['jar']): string | null {
  if (after === null) return null;
  const of = ({ name, sha256, size }: typeof after): string => `${name} ${sha256.slice(0, 12)} (${bytes(size)})`;
  if (!changed) return `${of(after)}, the same`;
  return before === null ? of(after) : `${of(before)} → ${of(after)}`;
}

function fileOf({ name, before, after }: Changes['shipped'][number]): string {
  const of = (content: typeof after): string =>
    content === null ? 'none' : `${content.sha256.slice(0, 12)} (${bytes(content.size)})`;
  return `${name} ${before === null ? `${of(after)}, new` : `${of(before)} → ${of(after)}`}`;
}

function painted({ colors: { green, red, cyan, bold } }: Output, line: string): string {
  if (line.startsWith('+++') || line.startsWith('---')) return bold(line);
  if (line.startsWith('@@')) return cyan(line);
  return line.startsWith('+') ? green(line) : line.startsWith('-') ? red(line) : line;
}
