/** The start of an instance: the operation and the request that it belongs to. */
import { flinkJobIdOf, isFailoverId, isRestartId, startKeyOf } from '../../../src/domain/identity/ids.ts';
import { Claim } from '../../../src/domain/lock/fence.ts';
import { fingerprintOfRequest } from '../../../src/domain/operation/asked.ts';
import type { Stage } from '../stage.ts';
import type { Instance } from '../instance.ts';
import type { Asked, Story } from './story.ts';

/**
 * The operation that started an instance: the Flink job id derives from operation, ordinal and epoch, and so tells it.
 */
export interface Start {
  readonly operationId: string;
  /** The fingerprint of the request: the same id may also have come with another request, which was refused. */
  readonly fingerprint: string;
  readonly ordinal: number;
  readonly asked: Asked | null;
}

/** The request behind a claim: one id may have been sent with other payloads too, which were rejected. */
function requestOf({ asked }: Story, { id, kind, fingerprint }: Claim): Asked | null {
  const isIt = (request: Asked): boolean =>
    request.id === null
      ? request.operation?.id === id || (request.door === 'signal' && request.operation === null)
      : request.id === id;
  return (
    asked.find(
      (request) =>
        isIt(request) && request.kind === kind && fingerprintOfRequest(kind, request.payload) === fingerprint,
    ) ?? null
  );
}

/** Tells whether Sluice itself claimed a restart or a failover: no person can use such an id. */
const isOwnAct = ({ id, kind }: Claim): boolean =>
  (kind === 'restart' && isRestartId(id)) || (kind === 'failover' && isFailoverId(id));

const askedBySupervisor = ({ id, claimedAt }: Claim): Asked => ({
  sluice: 'supervisor',
  door: 'signal',
  kind: isFailoverId(id) ? 'failover' : 'restart',
  payload: {},
  id,
  at: Date.parse(claimedAt),
  isRepeat: false,
  answer: 'accepted',
  operation: null,
});

/** The starts that one operation may take (`Ordinal` of the workflow). */
const ORDINALS = [1, 2, 3];

export function startOf({ world }: Stage, story: Story, { flinkJobId, epoch }: Instance): Start | null {
  const { job, asked } = story;
  const claimed = world
    .keys(`operations/${job}/`)
    .map((key) => key.slice(`operations/${job}/`.length, -'.json'.length));
  for (const operationId of new Set([...asked.flatMap(({ id }) => id ?? []), ...claimed])) {
    for (const ordinal of ORDINALS) {
      if (flinkJobIdOf(job, startKeyOf(operationId, ordinal), epoch) !== flinkJobId) continue;
      const claim = Claim.parse(world.json(`operations/${job}/${operationId}.json`));
      const asked = isOwnAct(claim) ? askedBySupervisor(claim) : requestOf(story, claim);
      return { operationId, fingerprint: claim.fingerprint, ordinal, asked };
    }
  }
  return null;
}

export const isStartOf = ({ job, epoch, flinkJobId }: Instance, operation: string): boolean =>
  ORDINALS.some((ordinal) => flinkJobIdOf(job, startKeyOf(operation, ordinal), epoch) === flinkJobId);
