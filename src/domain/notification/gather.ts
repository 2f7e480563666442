/**
 * Makes messages of the notices that wait for a channel. Notices of one kind on one cluster gather for some seconds, and for
 * longer with each further message, so that a failed cluster is told in a few messages. The number of messages in a minute
 * is bounded, and the last of them holds everything that is due.
 */
import { hex32 } from '../identity/fingerprint.ts';
import type { ChannelState, Message } from './channel-state.ts';
import { severities } from './events.ts';
import type { Notice } from './notice.ts';
import type { ChannelKind } from './settings.ts';

const MINUTE_MS = 60_000;
/** The usual wait of a first notice for others like it. */
export const GATHER_MS = 5_000;
const MOST_GATHER_MS = 2 * MINUTE_MS;
/** A group that was silent for so long gathers as briefly as at first. */
const QUIET_MS = 5 * MINUTE_MS;

export interface Limits {
  readonly kind: ChannelKind;
  readonly perMinute: number;
  /** Milliseconds that a first notice waits for others like it. */
  readonly gatherMs: number;
}

interface Group {
  readonly key: string;
  readonly notices: readonly Notice[];
  readonly dueAt: number;
  readonly since: number;
  /** When the last of its notices came. */
  readonly until: number;
}

export interface Gathered {
  readonly channel: ChannelState;
  /** When there may be more to do, if nothing new comes; null when nothing waits. */
  readonly nextAt: number | null;
}

/** Makes the next message that is due, unless one is under way. */
export function gather(channel: ChannelState, limits: Limits, now: number): Gathered {
  if (channel.sending !== null) return { channel, nextAt: channel.sending.nextAt };
  const sentAt = channel.sentAt.filter((at) => now - at < MINUTE_MS);
  const groups = groupsIn(channel, limits);
  const due = groups.filter(({ dueAt }) => dueAt <= now);
  const left = limits.perMinute - sentAt.length;
  const base = { ...channel, sentAt, bursts: recentBursts(channel, now) };
  const [first] = due;
  if (first === undefined)
    return { channel: base, nextAt: groups.length === 0 ? null : Math.min(...groups.map(({ dueAt }) => dueAt)) };
  if (left <= 0) return { channel: base, nextAt: (sentAt[0] ?? now) + MINUTE_MS };
  // An alert is about one kind of problem; other receivers get all that is due in the last message of a minute.
  const chosen = left === 1 && limits.kind !== 'pagerduty' ? due : [first];
  return { channel: sendingOf(base, chosen, limits, now), nextAt: now };
}

function sendingOf(channel: ChannelState, groups: readonly Group[], limits: Limits, now: number): ChannelState {
  const notices = groups.flatMap((group) => group.notices).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const taken = new Set(notices.map(({ id }) => id));
  const rest = { ...channel, waiting: channel.waiting.filter(({ notice }) => !taken.has(notice.id)) };
  const id = hex32('message', ...notices.map((notice) => notice.id).sort());
  const { alerts, key, isNeeded } = alertsAfter(channel.alerts, notices, id, limits);
  if (!isNeeded) return { ...rest, alerts };
  const bursts = { ...channel.bursts };
  for (const { key: group } of groups) bursts[group] = { at: now, gatherMs: nextGather(channel.bursts[group], limits) };
  const message: Message = { id, at: new Date(now).toISOString(), notices, key };
  return {
    ...rest,
    alerts,
    bursts,
    sentAt: [...channel.sentAt, now],
    sending: { message, attempts: 0, since: Math.max(...groups.map(({ until }) => until)), nextAt: now },
  };
}

const nextGather = (burst: { readonly gatherMs: number } | undefined, { gatherMs }: Limits): number =>
  Math.min(2 * (burst?.gatherMs ?? gatherMs), MOST_GATHER_MS);

const recentBursts = ({ bursts }: ChannelState, now: number): ChannelState['bursts'] =>
  Object.fromEntries(Object.entries(bursts).filter(([, { at, gatherMs }]) => now - at < gatherMs + QUIET_MS));

/** The groups in the order in which they are told: the gravest first, then the oldest. */
function groupsIn({ waiting, bursts }: ChannelState, limits: Limits): readonly Group[] {
  const opening = new Set(waiting.flatMap(({ notice }) => (notice.status === 'opened' ? [notice.problem] : [])));
  const groups = new Map<string, { notices: Notice[]; since: number; until: number }>();
  for (const { notice, queuedAt } of waiting) {
    // The end of a problem is told after its begin.
    if (notice.status === 'closed' && opening.has(notice.problem)) continue;
    const key = groupOf(notice, limits);
    const group = groups.get(key) ?? { notices: [], since: queuedAt, until: queuedAt };
    group.notices.push(notice);
    group.until = queuedAt;
    groups.set(key, group);
  }
  const made = [...groups].map(([key, { notices, since, until }]): Group => {
    const burst = bursts[key];
    const dueAt = Math.max(since + limits.gatherMs, burst === undefined ? 0 : burst.at + burst.gatherMs);
    return { key, notices, since, until, dueAt };
  });
  return made.sort((a, b) => gravity(b) - gravity(a) || a.since - b.since);
}

const gravity = ({ notices }: Group): number =>
  Math.max(...notices.map(({ severity }) => severities.indexOf(severity)));

/** Each alert is resolved by a message of its own. */
const groupOf = ({ status, kind, cluster, id }: Notice, limits: Limits): string =>
  [status, kind, cluster ?? '', ...(limits.kind === 'pagerduty' && status === 'closed' ? [id] : [])].join('/');

interface Alerts {
  readonly alerts: ChannelState['alerts'];
  readonly key: string | null;
  /** False for the end of a problem whose alert has other open problems. */
  readonly isNeeded: boolean;
}

/** A group of problems is one alert, which is over when the last of them is. */
function alertsAfter(
  alerts: ChannelState['alerts'],
  notices: readonly Notice[],
  message: string,
  { kind }: Limits,
): Alerts {
  const [first] = notices;
  if (kind !== 'pagerduty' || first === undefined) return { alerts, key: null, isNeeded: true };
  if (first.status === 'happened') return { alerts, key: notices.length === 1 ? first.id : message, isNeeded: true };
  if (first.status === 'opened') {
    // A problem that is told again has its alert already.
    const fresh = notices.flatMap(({ problem }) => (problem === null || problem in alerts ? [] : [problem]));
    const [only = message] = fresh;
    const key = fresh.length === 1 ? only : message;
    const opened = Object.fromEntries(fresh.map((problem) => [problem, key]));
    return { alerts: { ...alerts, ...opened }, key, isNeeded: fresh.length > 0 };
  }
  const key = first.problem === null ? undefined : alerts[first.problem];
  const rest = Object.fromEntries(Object.entries(alerts).filter(([problem]) => problem !== first.problem));
  if (key === undefined) return { alerts: rest, key: null, isNeeded: false };
  return { alerts: rest, key, isNeeded: !Object.values(rest).includes(key) };
}
