/** Shows a plan to people: the changes as a diff, the checks and the steps. */
import type { Plan } from '../../api/contract.ts';
import { differencesOf, inWords } from '../../domain/identity/ownership-words.ts';
import { backInWords } from '../../domain/operation/in-words.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../failures.ts';
import type { Output } from '../output.ts';
import { seconds } from '../show.ts';
import { changeFields, heading, showDifferences } from './show-changes.ts';

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
  if (changes) showDifferences(out, changes);
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

function fieldsOf(plan: Plan): [string, string | null][] {
  const { changes, ownership, stop, restorePoint, phases, backTo } = plan;
  const fields: [string, string | null][] = changes
    ? [
        ...changeFields(changes),
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

function pointOf(point: Plan['restorePoint']): string {
  if (point === null) return 'none: it starts without state';
  if (point === 'from-stop') return 'the one that stopping leaves';
  const aged = point.ageMs === null ? '' : `, ${seconds(point.ageMs)} old`;
  return `${point.kind} ${point.path}${aged}`;
}
