/** Writes a request as other tools would send it: exactly what the console is about to send, in their words. Pure. */
import { workflowIdOf } from '../../../domain/identity/workflow-ids.ts';
import type { OperationKind } from '../../../domain/lifecycle.ts';
import { jobPartOf } from '../../../domain/plan/revision.ts';
import { textOf } from '../../../domain/values/text-of.ts';
import type { Wish } from '../../api/wish.ts';
import { API_PREFIX } from '../../api/prefix.ts';

export interface Sent {
  readonly job: string;
  readonly wish: Wish;
  /** The same id as that of the console: whichever comes second is the same operation. */
  readonly id: string;
  readonly revision?: string | undefined;
}

export interface CancelSent {
  readonly job: string;
  readonly operation: string;
  readonly reason?: string | undefined;
}

/** Quotes a word for a POSIX shell where it needs quotes. */
const quoted = (word: string): string =>
  /^[\w./:@%+=,-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

const line = (words: readonly string[]): string => words.map(quoted).join(' ');

type Values = Readonly<Record<string, unknown>>;

/** Fields that are options of the CLI under the same name in hyphens. */
const OPTIONS = new Set([
  ...['reason', 'from', 'stopWith', 'allowNonRestoredState', 'discardNewerState', 'acceptStateRisk', 'foreignState'],
  ...[
    'drain',
    'force',
    'giveUp',
    'to',
    'launcher',
    'cluster',
    'application',
    'project',
    'team',
    'environment',
    'confirmUnfenced',
  ],
]);
/** Kinds whose commands take no `--if-match`. */
const WITHOUT_PLAN: readonly OperationKind[] = ['adopt', 'recover'];

const optionOf = (field: string): string => `--${field.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** @returns null where the CLI has no words for a field. */
export function cliOf({ job, wish, id, revision }: Sent): string | null {
  const { kind, ...fields } = wish;
  const [head, rest] = commandOf(kind, job, fields);
  const { hotfix, ...others } = rest;
  const values = hotfixOptions(hotfix as Values | undefined);
  const unknown = Object.keys(others).filter((field) => !OPTIONS.has(field));
  if (values === null || unknown.length > 0) return null;
  const options = Object.entries(others).flatMap(([field, value]) =>
    value === true ? [optionOf(field)] : [optionOf(field), String(value)],
  );
  const condition = revision === undefined || WITHOUT_PLAN.includes(kind) ? [] : ['--if-match', revision];
  return line(['sluice', ...head, ...values, ...options, '--id', id, ...condition]);
}

/** The command with its arguments, and the fields that are left for options. */
function commandOf(kind: OperationKind, job: string, fields: Values): readonly [readonly string[], Values] {
  const { release, set, unset, expiresIn, expiresAt, ...others } = fields;
  switch (kind) {
    case 'deploy':
      return [['deploy', job, String(release)], others];
    case 'adopt':
      return [['adopt', job, '--release', String(release)], others];
    case 'hotfix':
      return [['hotfix', job], { ...others, hotfix: defined({ set, unset, expiresIn, expiresAt }) }];
    case 'revertHotfix':
      return [['hotfix', job, '--revert'], others];
    case 'kill':
      return [['kill', job, '--yes'], others];
    case 'savepoint':
    case 'stop':
    case 'resume':
    case 'restart':
    case 'rollback':
    case 'recover':
    case 'transfer':
    case 'failover':
    case 'failback':
      return [[kind, job], others];
  }
}

const defined = (values: Values): Values =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

function hotfixOptions(hotfix: Values = {}): readonly string[] | null {
  const { set = {}, unset = [], expiresIn, ...others } = hotfix;
  if (Object.keys(others).length > 0) return null;
  return [
    ...Object.entries(set as Values).flatMap(([path, value]) => ['--set', `${path}=${textOf(value)}`]),
    ...(unset as readonly string[]).flatMap((path) => ['--unset', path]),
    ...(expiresIn === undefined ? [] : ['--expires-in', textOf(expiresIn)]),
  ];
}

export const curlOf = ({ job, wish, id, revision }: Sent, origin: string): string =>
  post(`${origin}${API_PREFIX}/jobs/${job}/operations`, { id, ...wish }, revision);

/** Kinds with which a job that was never seen may begin, or be rebuilt. */
const BEGINS: readonly OperationKind[] = ['deploy', 'adopt', 'recover'];

export function signalOf({ job, wish, id, revision }: Sent, actor: string | undefined): string {
  const { kind, ...fields } = wish;
  const ifRevision = revision === undefined ? undefined : (jobPartOf(revision) ?? undefined);
  const payload = JSON.stringify(defined({ id, actor, ...fields, ifRevision }));
  return BEGINS.includes(kind)
    ? line([
        ...['temporal', 'workflow', 'signal-with-start', '--type', 'flinkJob', '-w', workflowIdOf(job), '-t', 'sluice'],
        ...['--signal-name', kind, '--signal-input', payload, '-i', JSON.stringify({ job })],
      ])
    : signal(job, kind, payload);
}

const signal = (job: string, name: string, payload: string): string =>
  line(['temporal', 'workflow', 'signal', '-w', workflowIdOf(job), '--name', name, '--input', payload]);

export const cancelLines = ({ job, operation, reason }: CancelSent, origin: string, actor: string | undefined) => ({
  cli: line(['sluice', 'cancel', job, operation, ...(reason === undefined ? [] : ['--reason', reason])]),
  curl: post(`${origin}${API_PREFIX}/jobs/${job}/operations/${operation}/cancel`, defined({ reason })),
  signal: signal(job, 'cancel', JSON.stringify(defined({ operation, actor, reason }))),
});

/** The token stays a variable of the shell, so that it is in no history. */
function post(address: string, body: object, revision?: string): string {
  const condition = revision === undefined ? '' : ` -H ${quoted(`If-Match: "${revision}"`)}`;
  const headers = `-H "Authorization: Bearer $SLUICE_TOKEN" -H 'Content-Type: application/json'${condition}`;
  return `curl -X POST ${quoted(address)} ${headers} -d ${quoted(JSON.stringify(body))}`;
}
