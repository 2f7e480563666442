/** Promise 7 of restarts by Sluice itself: only what failed is restarted, within its budget, and a person comes first. */
import { isOwnActId, isRestartId } from '../../../src/domain/identity/ids.ts';
import { RESTARTS } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import type { Instance } from '../instance.ts';
import type { Start } from './start.ts';
import type { Story, Tell } from './story.ts';

const isOwn = (start: Start | null | undefined): start is Start => start != null && isOwnActId(start.operationId);

export function restartIsDue(
  stage: Stage,
  story: Story,
  {
    instance,
    start,
    starts,
  }: {
    readonly instance: Instance;
    readonly start: Start | null;
    readonly starts: ReadonlyMap<Instance, Start | null>;
  },
  tell: Tell,
): void {
  if (!isOwn(start)) return;
  const { instances, audit } = stage.truth;
  const say = (what: string): void =>
    tell(7, `${instance.application} was brought up by ${start.operationId}, and ${what}`);
  const before = instances.slice(0, instances.indexOf(instance)).filter(({ canRun }) => canRun);
  const last = before.at(-1);
  if (!last) {
    say('nothing had ever run');
    return;
  }
  if (last.ended === null && last.givenUpAt === null) say(`${last.application} had not ended`);
  // A silent cluster does not tell who has ended what ran there.
  const isKnown = isRestartId(start.operationId) && !story.clustersForgot;
  if (last.ended?.byHand && hadRun(last) && isKnown) say(`somebody had killed ${last.application}`);
  const wasTakenDown = last.ended?.how === 'killed' && last.ended.flinkJobRan;
  if (wasTakenDown && !isOwn(starts.get(last))) say(`Sluice itself had ended ${last.application}, which ran`);
  const ended = audit.find(
    ({ record }) =>
      (record.kind === 'stop' || record.kind === 'kill') &&
      record.outcome === 'succeeded' &&
      Date.parse(record.acceptedAt) >= last.submittedAt,
  );
  if (ended) say(`a person had asked for ${ended.record.kind} ${ended.record.id}`);
  withinBudget(story, { instance, starts, before }, say);
}

/** Promise 2: nothing begins without state by itself. */
export function restartHasState({ application, restoredFrom }: Instance, start: Start | null, tell: Tell): void {
  if (isOwn(start) && restoredFrom === null)
    tell(2, `${application} was brought up by ${start.operationId} without state`);
}

/** Whether the instance had come up: a start that somebody kills counts as one that failed. */
const hadRun = ({ startedAt }: Instance): boolean => startedAt !== null;

/** Counts restarts since a person asked for anything; a cluster that lost instances makes some of them free. */
function withinBudget(
  { asked, clustersForgot }: Story,
  {
    instance,
    starts,
    before,
  }: {
    readonly instance: Instance;
    readonly starts: ReadonlyMap<Instance, Start | null>;
    readonly before: readonly Instance[];
  },
  say: (what: string) => void,
): void {
  const since = Math.max(instance.submittedAt - RESTARTS.minutes * 60_000, ...asked.map(({ at }) => at));
  // A failover costs no attempt of the restarts after it, and neither does an end by the lease.
  const costs = (one: Instance, last: Instance | undefined): boolean =>
    isRestartId(starts.get(one)?.operationId ?? '') && last?.ended?.byLease !== true;
  if (!costs(instance, before.at(-1))) return;
  const restarts = before.filter((one, index) => one.submittedAt > since && costs(one, before[index - 1]));
  if (restarts.length >= RESTARTS.most && !clustersForgot) say(`it is number ${restarts.length + 1} within the window`);
}
