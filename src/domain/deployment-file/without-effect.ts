/** Fields of a deployment file that are checked and kept, and that no part of Sluice acts on yet. */
import { isMap } from '../values/is-map.ts';
import { readYaml } from '../input/yaml-source.ts';

/** Makes a warning for each such field that a file sets. The text must have passed the schema. */
export function warningsOfFile(text: string): readonly string[] {
  const yaml = readYaml(text);
  const value: unknown = yaml.ok ? yaml.source.value : null;
  if (!isMap(value)) return [];
  const placement = value['placement'];
  const backups: unknown = isMap(placement) ? placement['backups'] : undefined;
  return [
    ...(value['recovery'] === undefined
      ? []
      : ['recovery has no effect in this version: Sluice does not yet restart or move a job whose application died']),
    ...(Array.isArray(backups) && backups.length > 0
      ? ['placement.backups has no effect in this version: Sluice does not yet move a job to another cluster']
      : []),
  ];
}
