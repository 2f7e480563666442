/** The parts of a plan as rows of words. Two plans of one request are compared row by row. Pure. */
import type { Plan } from '../../../api/contract.ts';
import { inWords } from '../../../domain/identity/ownership-words.ts';
import { movedInWords } from '../../../domain/deployment/placed-words.ts';
import { backInWords } from '../../../domain/operation/in-words.ts';
import {
  failureInWords,
  handoverInWords,
  handsInWords,
  howInWords,
  startInWords,
  stopInWords,
} from '../../../domain/plan/in-words.ts';
import { ageText } from '../data/format.ts';

export interface PlanRow {
  readonly label: string;
  readonly text: string;
  /** The row tells of a loss, or of something that changes hands. */
  readonly isGrave?: boolean;
}

const change = <T extends string | number>({ before, after }: { before: T | null; after: T | null }): string | null =>
  before === after || before === null ? (after === null ? null : String(after)) : `${before} → ${after ?? 'none'}`;

export function planRows(plan: Plan): readonly PlanRow[] {
  const { changes, backTo, moved, state, ownership, foreignState, restorePoint, ok } = plan;
  const rows: readonly (readonly [string, string | null | undefined, boolean?])[] = [
    ['Job is', state],
    ['Goes back to', backTo && backInWords(backTo)],
    ['Moved', moved && movedInWords(moved)],
    ['Release', changes && change(changes.release)],
    ['How', howInWords(plan)],
    ['Stops', stopInWords(plan, ageText)],
    ['Handover', handoverInWords(plan.handover)],
    ['Starts from', startInWords(plan, ageText), ok && changes !== null && restorePoint === null && state !== 'new'],
    ['State of', foreignState, true],
    ['Cluster', changes && change(changes.cluster)],
    ['Changes hands', handsInWords(plan), true],
    ['Belongs to', ownership && inWords(ownership.after)],
    ['If it fails', failureInWords(plan)],
  ];
  return rows.flatMap(([label, text, isGrave = false]) => (text == null ? [] : [{ label, text, isGrave }]));
}

export interface PlanDifference {
  readonly label: string;
  readonly before: string;
  readonly after: string;
}

const NONE = 'none';

const linesOf = (plan: Plan): ReadonlyMap<string, string> =>
  new Map([
    ...planRows(plan).map(({ label, text }) => [label, text] as const),
    ...plan.checks.map(({ name, ok, message }) => [`Check ${name}`, ok ? 'passes' : message] as const),
    ...(plan.changes?.configuration ?? []).map(({ key, after }) => [key, after ?? NONE] as const),
    ['Parallelism', String(plan.changes?.parallelism.after ?? NONE)],
    ['Flink', plan.changes?.flinkVersion.after ?? NONE],
    ['Launcher', plan.changes?.launcher.after ?? NONE],
    ['JAR', plan.changes?.jar.after?.sha256 ?? NONE],
    ['Hotfix', plan.changes?.hotfix.lines.join('; ') ?? ''],
    ['Deployment file', plan.changes?.file.after ?? ''],
  ]);

/** Lists the rows that a person must look at again. Ages always change, so that they count for nothing. */
export function planDifferences(before: Plan, after: Plan): readonly PlanDifference[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  const ageless = (text = ''): string => text.replaceAll(/\d+ (?:s|min|h|d) old/g, 'old');
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((label) =>
    ageless(old.get(label)) === ageless(now.get(label))
      ? []
      : [{ label, before: old.get(label) ?? NONE, after: now.get(label) ?? NONE }],
  );
}
