/** Campaigns as a caller may see them: the numbers are for everybody, jobs only for those who may see them. */
import { ANY_JOB, subjectIn } from '../../domain/access/decide.ts';
import type { CampaignDigest, CampaignView } from '../../domain/campaign/view.ts';
import type { CampaignItem, CampaignListItem } from '../campaign-contract.ts';
import type { Call } from '../http/route.ts';
import type { JobItem } from '../job-list-contract.ts';

type Viewer = Pick<Call, 'caller' | 'may'>;

/** Tells whether a caller knows what a campaign is about: its author, and those who see all jobs. */
const knows = ({ caller, may }: Viewer, { by }: Pick<CampaignDigest, 'by'>): boolean =>
  by === caller.name || may('view', ANY_JOB);

/** Tells why a caller cannot command a campaign; null for those who can. */
export const whyNotCommand = ({ caller, may }: Viewer, { id, by }: Pick<CampaignDigest, 'id' | 'by'>): string | null =>
  by === caller.name || may('campaign', ANY_JOB)
    ? null
    : `Only ${by}, who began it, and deployers of all jobs may pause, resume or stop campaign ${id}`;

/** The words of a selector may name jobs. */
export const listed = (viewer: Viewer, digest: CampaignDigest): CampaignListItem =>
  knows(viewer, digest) ? digest : { ...digest, selector: null };

export function shownTo(viewer: Viewer, view: CampaignView, jobs: readonly JobItem[]): CampaignItem {
  const { fingerprint: _fingerprint, ...whole } = view;
  const item = { ...whole, notAllowed: whyNotCommand(viewer, view) };
  if (knows(viewer, view)) return { ...item, hidden: 0 };
  const visible = new Set(jobs.filter((job) => viewer.may('view', subjectIn(job))).map(({ name }) => name));
  const shown = item.jobs.filter(({ job }) => visible.has(job));
  return {
    ...item,
    selector: null,
    // The reasons name jobs.
    why: item.why === null ? null : 'some of its jobs did not succeed',
    history: item.history.map((act) => (act.by === null ? { ...act, reason: null } : act)),
    jobs: shown,
    leftOut: item.leftOut.filter(({ job }) => visible.has(job)),
    hidden: item.jobs.length - shown.length,
  };
}
