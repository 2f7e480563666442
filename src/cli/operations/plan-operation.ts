/** Shows a plan to people: the changes as a diff, the checks and the steps. */
import type { Plan } from '../../api/contract.ts';
import { movedInWords } from '../../domain/deployment/placed-words.ts';
import { inWords } from '../../domain/identity/ownership-words.ts';
import { backInWords } from '../../domain/operation/in-words.ts';
import {
  failureInWords,
  handoverInWords,
  handsInWords,
  howInWords,
  startInWords,
  stopInWords,
} from '../../domain/plan/in-words.ts';
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
  const hands = handsInWords(plan);
  if (hands !== null) out.line(red(`changes hands: ${hands}`));
  if (plan.foreignState) out.line(red(`takes the state of another job: ${plan.foreignState}`));
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

function fieldsOf(plan: Plan): [string, string | null][] {
  const { changes, ownership, phases, backTo, moved, classArchive } = plan;
  const fields: [string, string | null][] = changes
    ? [...changeFields(changes), ['starts from', startInWords(plan, seconds)], ['if it fails', failureInWords(plan)]]
    : [];
  return [
    ['goes back to', backTo ? backInWords(backTo) : null],
    ...fields,
    ['moved', moved ? movedInWords(moved) : null],
    ['class archives', classArchive ? (classArchive.used ? 'used' : `not used: ${classArchive.reason ?? ''}`) : null],
    ['belongs to', ownership && inWords(ownership.after)],
    ['how', howInWords(plan)],
    ['stops', stopInWords(plan, seconds)],
    ['handover', handoverInWords(plan.handover)],
    ['phases', phases.map(({ name }) => name).join(' → ')],
  ];
}
