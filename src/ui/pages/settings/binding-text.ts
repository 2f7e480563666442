/** A binding in words. */
import type { Binding } from '../../../domain/access/decide.ts';

/** `operator of jobs clicks-* in prod of ads-streaming`; a binding without limits is one of everything. */
export function bindingText({ role, jobs, environments, teams }: Binding): string {
  const limits = [
    [jobs, 'for jobs'],
    [environments, 'in'],
    [teams, 'of team'],
  ] as const;
  const told = limits.flatMap(([names, word]) => (names === undefined ? [] : [`${word} ${names.join(', ')}`]));
  return `${role} ${told.length === 0 ? 'of everything' : told.join(' ')}`;
}

/** Names between commas or spaces; undefined for none, which is no limit. */
export function namesIn(text: string): string[] | undefined {
  const names = text.split(/[\s,]+/).filter((name) => name !== '');
  return names.length === 0 ? undefined : names;
}
