/** The four ways to look at the jobs: what needs somebody, all, those with a star, those of one's own teams. */
import type { SessionBody } from '../../../api/access-contract.ts';
import { useSession } from '../../api/session.ts';
import type { Query } from '../../api/reads.ts';
import { useStars } from '../../state/stars.ts';

export const viewNames = ['attention', 'all', 'starred', 'mine'] as const;
export type ViewName = (typeof viewNames)[number];

export interface View {
  readonly name: ViewName;
  readonly title: string;
  /** The query for its jobs; null where nothing can be in it. */
  readonly query: Query | null;
}

/** `mine` is there for whoever has rights for teams. */
export function useViews(): readonly View[] {
  const stars = useStars();
  const { data: session } = useSession();
  const teams = session ? teamsOf(session) : [];
  return [
    { name: 'attention', title: 'Needs attention', query: { attention: 'true' } },
    { name: 'all', title: 'All', query: {} },
    { name: 'starred', title: 'Starred', query: stars.length === 0 ? null : { jobs: stars } },
    ...(teams.length === 0
      ? []
      : [{ name: 'mine' as const, title: `Mine (${teams.join(', ')})`, query: { owner: teams } }]),
  ];
}

const teamsOf = ({ bindings }: Pick<SessionBody, 'bindings'>): readonly string[] =>
  [...new Set(bindings.flatMap(({ teams = [] }) => teams))].sort();
