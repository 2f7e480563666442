/** The state of a launch: what the address says, the draft beside it, and the request that both make. */
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { JobBody } from '../../../api/contract.ts';
import { newOperationId } from '../../api/ids.ts';
import type { Wish } from '../../api/wish.ts';
import { isDenied, isNotFound } from '../../api/problems.ts';
import { useReleaseNews } from '../../api/news/release-news.ts';
import { readQuery, useRead } from '../../api/use-read.ts';
import type { ActionJob } from '../../parts/action/kinds.ts';
import { askedFields } from '../../parts/action/choices/start-from.tsx';
import type { Loading } from '../../parts/panel.tsx';
import { useUrlState } from '../../state/url.ts';
import { useDraft, type Draft } from './draft.ts';
import { besideHotfix, hotfixOf } from './hotfix-of.ts';

export const steps = ['release', 'values', 'start', 'plan', 'confirm'] as const;
export type Step = (typeof steps)[number];

/** The stream tells of every change, but not of a Temporal that is away. */
const LOOK_MS = 20_000;

export interface Launch {
  readonly name: string;
  readonly job: JobBody | null;
  readonly jobQuery: Loading<JobBody>;
  /** The job as the buttons need it, also of one that never was. */
  readonly actionJob: ActionJob;
  readonly release: string;
  readonly step: Step;
  readonly isHotfix: boolean;
  readonly isFirst: boolean;
  readonly draft: Draft;
  readonly change: (part: Partial<Draft>) => void;
  readonly drop: () => void;
  readonly wish: Wish | null;
  /**
   * The id of the operation, the same for the whole launch: whoever goes back while an answer is lost, and confirms again, asks
   * for the same operation.
   */
  readonly operationId: string;
  /** Why the steps after the values have to wait; null when they need not. */
  readonly incomplete: string | null;
  readonly choose: (release: string) => void;
  readonly goTo: (step: Step) => void;
  /** Whether a release has come since the page was opened. */
  readonly isNew: (release: string) => boolean;
}

export function useLaunch(name: string): Launch {
  const url = useUrlState();
  const [operationId] = useState(newOperationId);
  const jobQuery = useRead('/jobs/{job}', { params: { job: name } }, { everyMs: LOOK_MS, isStreamed: true });
  const client = useQueryClient();
  // Another operation may begin or end, and another release come, while somebody chooses.
  const { queryKey } = readQuery('/jobs/{job}', { params: { job: name } });
  const isNew = useReleaseNews({ jobs: name }, () => void client.invalidateQueries({ queryKey }));
  const { data: job = null, error } = jobQuery;
  const isHotfix = url.get('kind') === 'hotfix';
  const release = isHotfix ? (job?.deployment?.release ?? '') : url.get('release');
  const asked = steps.find((one) => one === url.get('step')) ?? (isHotfix ? 'values' : 'release');
  const step = isHotfix && asked === 'release' ? 'values' : asked;
  const { draft: kept, change, drop } = useDraft(name, release);
  const draft = besideHotfix(kept, job?.hotfix ?? null);
  const wish = release === '' ? null : wishOf(release, draft, isHotfix, job);
  return {
    name,
    job,
    jobQuery,
    actionJob: job ?? { name, environment: null, operation: null },
    release,
    step: release === '' && !isHotfix ? 'release' : step,
    isHotfix,
    // A job that does not exist and one of somebody else give the same answer.
    isFirst: job === null ? isNotFound(error) || isDenied(error) : job.state === 'new',
    draft,
    change,
    drop,
    wish,
    operationId,
    incomplete: whyIncomplete(draft, wish),
    choose: (chosen) => url.set({ release: chosen }),
    isNew,
    goTo: (next) => url.set({ step: next, from: null }, { isStep: true }),
  };
}

function whyIncomplete({ mistakes, start }: Draft, wish: Wish | null): string | null {
  if (mistakes > 0) return 'The file has mistakes: mend them, or take them back';
  const { way, from } = start;
  if ((way === 'path' || way === 'point') && from === undefined) return 'Choose the restore point first';
  return wish === null ? 'Nothing is changed yet' : null;
}

function wishOf(release: string, draft: Draft, isHotfix: boolean, job: JobBody | null): Wish | null {
  const hotfix = hotfixOf(draft);
  const start = askedFields(draft.start);
  if (!isHotfix) return { kind: 'deploy', release, ...start, ...(hotfix ? { hotfix: compact(hotfix) } : {}) };
  if (hotfix === null) return null;
  return isWholeHotfix(draft, job)
    ? { kind: 'revertHotfix', ...start }
    : { kind: 'hotfix', ...compact(hotfix), ...start };
}

const compact = <T extends { readonly unset: readonly string[] }>({ unset, ...rest }: T) =>
  unset.length === 0 ? rest : { ...rest, unset };

/** A draft that takes every value of the active hotfix back, and sets none, reverts it. */
function isWholeHotfix({ overrides, takenBack }: Draft, job: JobBody | null): boolean {
  if (!job?.hotfix || Object.keys(overrides.set).length + overrides.unset.length > 0) return false;
  const paths = [...Object.keys(job.hotfix.set), ...job.hotfix.unset];
  return paths.every((path) => path in takenBack.set || takenBack.unset.includes(path));
}
