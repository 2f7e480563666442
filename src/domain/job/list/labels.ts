/** Labels of jobs, as their deployment files declare them and as people ask for them. */

/** Tells whether labels have a wanted one: `key=value`, or a key with any value. */
export function hasLabel(labels: Readonly<Record<string, string>>, wanted: string): boolean {
  const [key = '', value] = wanted.split(/=(.*)/s, 2);
  return Object.hasOwn(labels, key) && (value === undefined || labels[key] === value);
}
