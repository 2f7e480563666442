/** The draft of a job's first deployment file: the required fields, with comments that teach. */
import { parse } from 'yaml';

export interface Draft {
  readonly name: string;
  readonly environment: string;
  readonly team: string;
  readonly cluster: string;
  readonly flinkVersion: string;
  readonly jar: string;
  readonly entryClass: string;
}

/** Writes a value plain where YAML reads it back as the same text, otherwise in quotes. */
function yamlOf(text: string): string {
  const isPlain = /^[A-Za-z][-A-Za-z0-9_.$]*$/.test(text) && parse(text) === text;
  return isPlain ? text : JSON.stringify(text);
}

/** Writes a deployment file; `schema` is the path from the file to its JSON Schema. */
export function draftDeploymentFile(draft: Draft, schema: string): string {
  const lines: readonly (readonly [field: string, comment: string])[] = [
    ['apiVersion: sluice/v1', ''],
    ['kind: FlinkJob', ''],
    [`name: ${yamlOf(draft.name)}`, 'the one name of this job, everywhere and for ever'],
    [`environment: ${yamlOf(draft.environment)}`, 'one file for each; `extends` names a base with what they share'],
    [`owner: {team: ${yamlOf(draft.team)}}`, 'who is responsible for the job'],
    [`placement: {cluster: ${yamlOf(draft.cluster)}}`, 'where it runs; `sluice clusters` lists the clusters'],
    ['flink:', ''],
    [`  version: ${JSON.stringify(draft.flinkVersion)}`, 'in quotes: 1.20 without them is the number 1.2'],
    ['  config: {execution.checkpointing.interval: 10s}', 'any option of Flink, nested or dotted'],
    ['job:', ''],
    [`  jar: ${yamlOf(draft.jar)}`, 'a file of the release, without its folder'],
    [`  entryClass: ${yamlOf(draft.entryClass)}`, 'the class with main(); its arguments go into args: []'],
  ];
  const width = Math.max(...lines.filter(([, comment]) => comment !== '').map(([field]) => field.length));
  const body = lines.map(([field, comment]) => (comment === '' ? field : `${field.padEnd(width)}  # ${comment}`));
  return `${[`# yaml-language-server: $schema=${schema}`, ...body].join('\n')}\n`;
}
