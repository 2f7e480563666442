/** The priority of a job where many are up for the same thing: by its labels. */

/** Jobs without a label come last. */
export const NO_PRIORITY = 1_000;

/** The number in `labels.priority`, else in `labels.tier`, from 0 to 999; the least comes first. */
export function priorityOf(labels: Readonly<Record<string, string>>): number {
  const label = labels['priority'] ?? labels['tier'] ?? '';
  return /^\d{1,3}$/.test(label) ? Number(label) : NO_PRIORITY;
}
