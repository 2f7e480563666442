/** Decides which channels a notice goes to. */
import { matches } from '../values/name-pattern.ts';
import { entryOf, isAtLeast } from './events.ts';
import type { Notice } from './notice.ts';
import { leastSeverityOf, type NotificationSettings, type Route } from './settings.ts';

type Routing = Pick<NotificationSettings, 'channels' | 'routes' | 'contacts'>;
type Routed = Pick<Notice, 'kind' | 'severity' | 'environment' | 'team'>;

/** The channels of a notice: those of the contacts in the deployment file, and those of every route that fits. */
export function channelsFor(notice: Routed, contacts: readonly string[], settings: Routing): readonly string[] {
  const { channels, routes } = settings;
  const chosen = entryOf(notice.kind).isUsual ? channelsOfContacts(contacts, settings) : [];
  const routed = routes.filter((route) => fits(notice, route)).flatMap((route) => route.channels);
  return [...new Set([...chosen, ...routed])].filter((name) => {
    const channel = channels[name];
    return channel !== undefined && isAtLeast(notice.severity, leastSeverityOf(channel));
  });
}

const channelsOfContacts = (contacts: readonly string[], { channels, contacts: named }: Routing): string[] =>
  contacts.flatMap((contact) =>
    Object.hasOwn(named, contact) ? (named[contact] ?? []) : Object.hasOwn(channels, contact) ? contact : [],
  );

function fits({ kind, severity, environment, team }: Routed, route: Route): boolean {
  const { teams, environments, events, severity: least = 'info' } = route;
  const isOneOf = (patterns: readonly string[] | undefined, name: string | null): boolean =>
    patterns === undefined || (name !== null && patterns.some((pattern) => matches(pattern, name)));
  const isOfKind = events === undefined ? entryOf(kind).isUsual : events.includes(kind);
  return isOfKind && isAtLeast(severity, least) && isOneOf(teams, team) && isOneOf(environments, environment);
}
