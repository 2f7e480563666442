/** Shows a plan to people: the changes as a diff, the checks and the steps. */
import type { Plan } from '../../api/contract.ts';
import { differencesOf, inWords } from '../../domain/identity/ownership.ts';
import { backInWords } from '../../domain/operation/back-to.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../failures.ts';
import type { Output } from '../output.ts';
import { bytes, orDash, seconds } from '../show.ts';

/** Makes a plan and shows it; the command fails if the operation would be refused. */
export async function planOperation(
  context: CliContext,
  job: string,
  request: Readonly<Record<string, unknown>>,
): Promise<void> {
  const plan = await context.api().plan(job, request);
  context.out.result(plan, () => showPlan(context.out, plan));
  if (!plan.ok) context.exitCode = exitCodes.failed;
}

function showPlan(out: Output, plan: Plan): void {
  const { bold, green, red, yellow, dim } = out.colors;
  const { changes } = plan;
  out.line(`${bold(`plan: ${plan.kind} of ${plan.job}`)}, which is ${plan.state}`);
  out.line(plan.summary);
  out.line();
  out.fields(fieldsOf(plan));
  for (const line of handsOf(plan)) out.line(red(line));
  if (changes?.file.diff != null) {
    heading(out, 'Deployment file');
    for (const line of changes.file.diff.trimEnd().split('\n')) out.line(painted(out, line));
  }
  if (changes && changes.configuration.length > 0) {
    heading(out, 'Effective configuration');
    for (const change of changes.configuration) {
      if (change.before !== null) out.line(red(`- ${change.key}: ${change.before}  (${orDash(change.originBefore)})`));
      if (change.after !== null) out.line(green(`+ ${change.key}: ${change.after}  (${orDash(change.originAfter)})`));
    }
    if (changes.configurationLeftOut > 0) out.line(dim(`… and ${changes.configurationLeftOut} more`));
  }
  if (changes && changes.hotfix.lines.length > 0) {
    heading(out, `Hotfix, until ${orDash(changes.hotfix.expiresAt)}`);
    for (const line of changes.hotfix.lines) out.line(`  ${line}`);
  }
  heading(out, 'Checks');
  for (const { name, ok, code, message, hint } of plan.checks) {
    out.line(`${ok ? green('ok') : red('NO')}  ${name}: ${ok ? dim(message) : `${code ?? ''}: ${message}`}`);
    if (!ok && hint !== null) out.line(dim(`    ${hint}`));
  }
  for (const warning of plan.warnings) out.line(yellow(`warning: ${warning}`));
  out.line();
  const refused = plan.checks.filter(({ ok }) => !ok).length;
  if (plan.ok) out.line(`${green('It would be done.')} Only as planned: --if-match ${plan.revision}`);
  else out.line(red(`It would be refused: ${refused} ${refused === 1 ? 'problem' : 'problems'}.`));
}

/** Says what of the job changes hands, and whose state it takes. */
const handsOf = ({ ownership, foreignState }: Plan): string[] => [
  ...(ownership?.before ? differencesOf(ownership.before, ownership.after) : []).map(
    ({ what, before, after }) => `changes hands: ${what} ${before} → ${after}`,
  ),
  ...(foreignState ? [`takes the state of another job: ${foreignState}`] : []),
];

function heading(out: Output, text: string): void {
  out.line();
  out.line(out.colors.bold(text));
}

function fieldsOf(plan: Plan): [string, string | null][] {
  const { changes, ownership, stop, restorePoint, phases, backTo } = plan;
  const fields: [string, string | null][] = changes
    ? [
        ['release', arrow(changes.release)],
        ['commit', arrow(changes.gitCommit)],
        ['JAR', jarOf(changes.jar)],
        ...changes.shipped.map((file): [string, string] => [
          file.kind === 'jar' ? 'further JAR' : 'file',
          fileOf(file),
        ]),
        ['cluster', arrow(changes.cluster)],
        ['launcher', arrow(changes.launcher)],
        ['Flink', arrow(changes.flinkVersion)],
        ['parallelism', arrow(changes.parallelism)],
        // A refused plan may not know the restore point.
        ['restore point', restorePoint === null && !plan.ok ? null : pointOf(restorePoint)],
        ['if it fails', ifItFails(plan)],
      ]
    : [];
  return [
    ['goes back to', backTo ? backInWords(backTo) : null],
    ...fields,
    ['belongs to', ownership && inWords(ownership.after)],
    ['stops', stop && `deployment ${stop.deployment} (${stop.application} on ${stop.cluster}) with ${stop.with}`],
    ['', stop?.newestCheckpoint ? `newest checkpoint ${seconds(stop.newestCheckpoint.ageMs)} old` : null],
    ['phases', phases.map(({ name }) => name).join(' → ')],
  ];
}

/** Sluice goes back only to what ran until it was stopped for this start. */
function ifItFails({ onFailedStart, stop }: Plan): string | null {
  if (onFailedStart === null) return null;
  return onFailedStart === 'rollback' && stop ? `back to deployment ${stop.deployment}` : 'nothing runs then';
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

function jarOf({ after, before, changed }: NonNullable<Plan['changes']>['jar']): string | null {
  if (after === null) return null;
  const of = ({ name, sha256, size }: typeof after): string => `${name} ${sha256.slice(0, 12)} (${bytes(size)})`;
  if (!changed) return `${of(after)}, the same`;
  return before === null ? of(after) : `${of(before)} → ${of(after)}`;
}

function fileOf({ name, before, after }: NonNullable<Plan['changes']>['shipped'][number]): string {
  const of = (content: typeof after): string =>
    content === null ? 'none' : `${content.sha256.slice(0, 12)} (${bytes(content.size)})`;
  return `${name} ${before === null ? `${of(after)}, new` : `${of(before)} → ${of(after)}`}`;
}

function pointOf(point: Plan['restorePoint']): string {
  if (point === null) return 'none: it starts without state';
  if (point === 'from-stop') return 'the one that stopping leaves';
  const aged = point.ageMs === null ? '' : `, ${seconds(point.ageMs)} old`;
  return `${point.kind} ${point.path}${aged}`;
}

function painted({ colors: { green, red, cyan, bold } }: Output, line: string): string {
  if (line.startsWith('+++') || line.startsWith('---')) return bold(line);
  if (line.startsWith('@@')) return cyan(line);
  return line.startsWith('+') ? green(line) : line.startsWith('-') ? red(line) : line;
}
