/**
 * Campaigns as a caller may see them: kind, state, limits and counts are for everybody. The words of people, what is deployed and where
 * to are for the author and for those who see all jobs; the line of a job is for those who see that job.
 */
import { ANY_JOB, subjectIn } from '../../domain/access/decide.ts';
import type { CampaignDigest, CampaignView } from '../../domain/campaign/view.ts';
import type { CampaignItem, CampaignListItem } from '../campaign-contract.ts';
import type { Call } from '../http/route.ts';
import type { JobItem } from '../job-list-contract.ts';
import { isAuthor } from './author.ts';

type Viewer = Pick<Call, 'caller' | 'may'>;

/** Tells why a caller cannot command a campaign; null for those who can. */
export const whyNotCommand = ({ caller, may }: Viewer, digest: Pick<CampaignDigest, 'id' | 'by' | 'author'>) =>
  isAuthor(caller, digest) || may('campaign', ANY_JOB)
    ? null
    : `Only ${digest.by}, who began it, and deployers of all jobs may pause, resume or stop campaign ${digest.id}`;

/** The words of a selector or a reason may name jobs. */
export function listed({ caller, may }: Viewer, digest: CampaignDigest): CampaignListItem {
  const { author: _author, ...item } = digest;
  return isAuthor(caller, digest) || may('view', ANY_JOB) ? item : { ...item, selector: null, reason: null };
}

export function shownTo(viewer: Viewer, view: CampaignView, jobs: readonly JobItem[]): CampaignItem {
  const { fingerprint: _fingerprint, author: _author, ...whole } = view;
  const item = { ...whole, notAllowed: whyNotCommand(viewer, view) };
  if (viewer.may('view', ANY_JOB)) return { ...item, hidden: 0 };
  const visible = new Set(jobs.filter((job) => viewer.may('view', subjectIn(job))).map(({ name }) => name));
  const shown = item.jobs.filter(({ job }) => visible.has(job));
  const own = { ...item, jobs: shown, hidden: item.jobs.length - shown.length };
  if (isAuthor(viewer.caller, view)) {
    // A name that is no job was typed by the author.
    const foreign = new Set(jobs.filter(({ name }) => !visible.has(name)).map(({ name }) => name));
    return { ...own, leftOut: item.leftOut.filter(({ job }) => !foreign.has(job)) };
  }
  return {
    ...own,
    ...{ selector: null, reason: null, to: null, release: null, stopWith: null },
    // The reasons name jobs.
    why: item.why === null ? null : 'some of its jobs did not succeed',
    history: item.history.map((act) => ({ ...act, reason: null })),
    leftOut: item.leftOut.filter(({ job }) => visible.has(job)),
  };
}
