/** Promise 8: an instance runs the release and the hotfix that were asked for. */
import type { OperationKind } from '../../../src/domain/lifecycle.ts';
import { HOTFIXED } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import type { Instance } from '../instance.ts';
import type { Truth } from '../truth.ts';
import type { Start } from './start.ts';
import { kinds, type Story, type Tell } from './story.ts';

const namesRelease: ReadonlySet<OperationKind> = new Set(['deploy', 'adopt']);

/** Promise 8: JAR and configuration are those of the release that was asked for, or of the one that ran before. */
export function whatWasDeclared(story: Story, instance: Instance, start: Start | null, tell: Tell): void {
  const { application, release, marker } = instance;
  if (release !== marker)
    tell(8, `${application} runs the JAR of ${release ?? '?'} with the configuration of ${marker ?? '?'}`);
  const asked = start?.asked;
  if (!asked) return;
  if (asked.kind === 'deploy' && start.ordinal === 1) {
    if (release !== asked.payload['release'])
      tell(
        8,
        `${application} runs ${release ?? '?'}; ${start.operationId} asked for ${String(asked.payload['release'])}`,
      );
    return;
  }
  const before = story.asked.filter(({ kind, at }) => namesRelease.has(kind) && at <= instance.submittedAt);
  if (!before.some(({ payload }) => payload['release'] === release)) {
    tell(8, `${application} runs ${release ?? '?'}, which nobody asked for before`);
  }
}

/** Promise 8: the values of a hotfix run when it was asked for, and from then on until it is reverted. */
export function hotfixIsKept(
  { truth }: Stage,
  instance: Instance,
  start: Start | null,
  starts: ReadonlyMap<Instance, Start | null>,
  tell: Tell,
): void {
  const asked = start?.asked;
  if (!asked || start.ordinal !== 1) return;
  const { application, hotfix } = instance;
  const shows = (wanted: string | null): void => {
    if (hotfix === wanted) return;
    tell(
      8,
      `${application} of ${asked.kind} ${start.operationId} runs with ${hotfix ?? 'no hotfix'}, not ${wanted ?? 'without'}`,
    );
  };
  switch (asked.kind) {
    case 'revertHotfix':
      shows(null);
      return;
    case 'hotfix':
    case 'deploy':
    case 'restart':
    case 'failover':
    case 'failback':
    case 'resume': {
      const set = asked.payload['set'] as Readonly<Record<string, string>> | undefined; // as the table has it
      const base = cameUpBefore(truth, instance, starts);
      if (set && HOTFIXED in set) shows(set[HOTFIXED] ?? null);
      else if (base) shows(base.hotfix);
      return;
    }
    case 'rollback': // goes back to the hotfix of the deployment that it goes back to
    case 'savepoint':
    case 'stop':
    case 'kill':
    case 'adopt':
    case 'recover':
    case 'transfer':
  }
}

/** The instance that a start goes on from, where there is no doubt: it came up, and nothing was tried in between. */
function cameUpBefore(
  { instances, audit }: Truth,
  instance: Instance,
  starts: ReadonlyMap<Instance, Start | null>,
): Instance | null {
  const base = instances.slice(0, instances.indexOf(instance)).at(-1);
  const by = base && starts.get(base);
  if (!base || !by || base.startedAt === null) return null;
  const record = audit.find((one) => one.record.id === by.operationId)?.record;
  if (record?.outcome !== 'succeeded' || by.ordinal !== 1) return null;
  const wasTried = audit.some(
    ({ record: other, at }) =>
      kinds[other.kind].starts && other.id !== by.operationId && at > base.submittedAt && at < instance.submittedAt,
  );
  return wasTried ? null : base;
}
