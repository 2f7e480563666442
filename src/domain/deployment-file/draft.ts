/** The first deployment file of a job: the required fields, with comments that teach. */
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

/** A value as YAML: plain where YAML reads it as the same text, else in quotes. */
function written(text: string): string {
  const isPlain = /^[A-Za-z][-A-Za-z0-9_.$]*$/.test(text) && parse(text) === text;
  return isPlain ? text : JSON.stringify(text);
}

/** The text of a deployment file; `schema` is the path to its JSON Schema, as seen from the file. */
export function draftDeploymentFile(draft: Draft, schema: string): string {
  const lines: readonly (readonly [field: string, comment: string])[] = [
    ['apiVersion: sluice/v1', ''],
    ['kind: FlinkJob', ''],
    [`name: ${written(draft.name)}`, 'the one name of this job, everywhere and for ever'],
    [`environment: ${written(draft.environment)}`, 'one file for each; extends names a base for what they share'],
    [`owner: {team: ${written(draft.team)}}`, 'who answers for the job'],
    [`placement: {cluster: ${written(draft.cluster)}}`, 'where it runs; `sluice clusters` lists what there is'],
    ['flink:', ''],
    [`  version: ${JSON.stringify(draft.flinkVersion)}`, 'in quotes: 1.20 without them is the number 1.2'],
    ['  config: {execution.checkpointing.interval: 10s}', 'any option of Flink, nested or dotted'],
    ['job:', ''],
    [`  jar: ${written(draft.jar)}`, 'a file of the release, without its folder'],
    [`  entryClass: ${written(draft.entryClass)}`, 'the class with main(); its arguments go into args: []'],
  ];
  const width = Math.max(...lines.filter(([, comment]) => comment !== '').map(([field]) => field.length));
  const body = lines.map(([field, comment]) => (comment === '' ? field : `${field.padEnd(width)}  # ${comment}`));
  return `${[`# yaml-language-server: $schema=${schema}`, ...body].join('\n')}\n`;
}
