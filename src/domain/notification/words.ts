/** The words and links of a message: of one notice its own, of several what they have in common. */
import type { Message } from './channel-state.ts';
import { entryOf, severities, type EventKind, type Severity } from './events.ts';
import type { Notice } from './notice.ts';

export interface Link {
  readonly name: string;
  readonly url: string;
}

/** A message in words, from which each kind of channel makes its own form. */
export interface Worded {
  readonly id: string;
  readonly at: string;
  readonly key: string | null;
  readonly status: Notice['status'] | 'mixed';
  readonly severity: Severity;
  readonly title: string;
  /** Further lines. */
  readonly lines: readonly string[];
  /** The link that helps most comes first. */
  readonly links: readonly Link[];
  readonly notices: readonly Notice[];
}

/** Jobs that a message names of a group. */
const MOST_NAMED = 10;

/** @param publicUrl address of the console; null where the configuration has none, and then there are only links to runbooks. */
export function worded(message: Message, publicUrl: string | null): Worded {
  const { notices, ...rest } = message;
  const [first] = notices;
  const only = notices.length === 1 && first !== undefined ? first : null;
  const statuses = new Set(notices.map(({ status }) => status));
  const [status = 'happened'] = statuses;
  return {
    ...rest,
    notices,
    status: statuses.size === 1 ? status : 'mixed',
    severity: severityOf(notices),
    title: only?.title ?? groupTitle(notices),
    lines: only ? linesOf(only) : namesIn(notices),
    links: only ? linksOf(only, publicUrl) : groupLinks(notices, publicUrl),
  };
}

const severityOf = (notices: readonly Notice[]): Severity =>
  notices.reduce<Severity>(
    (most, { severity }) => (severities.indexOf(severity) > severities.indexOf(most) ? severity : most),
    'info',
  );

function linesOf({ text, environment, team, cluster, release }: Notice): string[] {
  const facts = [
    ['environment', environment],
    ['team', team],
    ['cluster', cluster],
    ['release', release],
  ].flatMap(([name, value]) => (value === null ? [] : [`${name} ${value}`]));
  return [...(text === null ? [] : [text]), ...(facts.length === 0 ? [] : [facts.join(', ')])];
}

/** Such as "37 jobs failed and need a person on yarn-a within 2 m". */
function groupTitle(notices: readonly Notice[]): string {
  const clusters = new Set(notices.map(({ cluster }) => cluster));
  const [cluster = null] = clusters;
  const where = clusters.size === 1 && cluster !== null ? ` on ${cluster}` : '';
  const parts = partsOf(notices);
  const [first = ''] = parts;
  const what = parts.length === 1 ? first : `${notices.length} events: ${parts.join(', ')}`;
  return `${what}${where}${spanOf(notices)}`;
}

function partsOf(notices: readonly Notice[]): string[] {
  const counts = new Map<string, number>();
  for (const { kind, status } of notices) {
    const { many, manyEnded = many } = entryOf(kind);
    const words = status === 'closed' ? manyEnded : many;
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a).map(([words, count]) => `${count} ${words}`);
}

function spanOf(notices: readonly Notice[]): string {
  const times = notices.map(({ at }) => Date.parse(at));
  const seconds = Math.ceil((Math.max(...times) - Math.min(...times)) / 1_000);
  if (seconds <= 0) return '';
  return ` within ${seconds < 90 ? `${seconds} s` : `${Math.ceil(seconds / 60)} m`}`;
}

function namesIn(notices: readonly Notice[]): string[] {
  const jobs = [...new Set(notices.map(({ job }) => job))].sort();
  const more = jobs.length - MOST_NAMED;
  return [`${jobs.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`];
}

export function linksOf({ job, operation, runbook }: Notice, publicUrl: string | null): Link[] {
  const page = (path: string): string => `${publicUrl ?? ''}/jobs/${encodeURIComponent(job)}${path}`;
  return [
    ...(publicUrl === null || operation === null
      ? []
      : [{ name: 'Operation', url: page(`/operations/${encodeURIComponent(operation)}`) }]),
    ...(publicUrl === null ? [] : [{ name: 'Job', url: page('') }]),
    ...(runbook === null ? [] : [{ name: 'Runbook', url: runbook }]),
  ];
}

/** Filters of the console's list of jobs that find the jobs of an event. */
const filterOf: Readonly<Partial<Record<EventKind, readonly [string, string]>>> = {
  failed: ['state', 'failed'],
  instanceFailed: ['state', 'failed'],
  unreachable: ['state', 'unreachable'],
  degraded: ['health', 'degraded'],
};

/** A list with a filter says what all of them have in common. */
function groupLinks(notices: readonly Notice[], publicUrl: string | null): Link[] {
  if (publicUrl === null) return [];
  const [kinds, clusters] = [new Set(notices.map(({ kind }) => kind)), new Set(notices.map(({ cluster }) => cluster))];
  const isOpening = notices.every(({ status }) => status !== 'closed');
  const isOfOperations = notices.every(({ operation, status }) => operation !== null && status === 'happened');
  const query = new URLSearchParams();
  const [[kind], [cluster = null]] = [kinds, clusters];
  const filter = kinds.size === 1 && kind !== undefined && isOpening ? filterOf[kind] : undefined;
  if (isOfOperations) query.set('since', '24h');
  else query.set('view', filter || !isOpening ? 'all' : 'attention');
  if (filter) query.set(...filter);
  if (clusters.size === 1 && cluster !== null) query.set('cluster', cluster);
  const url = `${publicUrl}/${isOfOperations ? 'activity' : 'jobs'}?${query.toString()}`;
  return [{ name: isOfOperations ? 'Operations' : 'Jobs', url }];
}
