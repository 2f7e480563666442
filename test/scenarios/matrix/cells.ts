/** The cells of the fault matrix, and the play of one cell. */
import { errorTable } from '../../../src/domain/errors/errors.ts';
import { setTheStage } from '../play.ts';
import { Player } from '../player.ts';
import { plain, type Scenario } from '../scenario.ts';
import type { WorkflowSandbox } from '../simulation/sandbox.ts';
import { Meddler, type Fault, type Name } from './failing.ts';
import type { Journey } from './journeys.ts';
import { likeOthers, waysOf, waysOfRequest, type Way } from './meets.ts';

/** Longer than all attempts of any activity but a watch. */
const LASTS_MS = 12 * 60_000;

export interface Cell {
  readonly journey: Journey;
  readonly fault: Fault;
}

export function nameOf({ journey, fault }: Cell): string {
  const { activity, call, on, failure, when, lasts } = fault;
  const where = on === undefined ? `${when} its effect` : `${when} "${on}"`;
  return `${journey.name}: call ${call} of ${activity} meets ${failure} ${where}, ${lasts}`;
}

interface Played {
  broken: readonly string[];
  journal: readonly string[];
  /** The numbers of the calls that the steps of the journey made, by activity. */
  calls: ReadonlyMap<Name, readonly number[]>;
  /** The requests of each activity, with the call that made each first. */
  requests: ReadonlyMap<Name, ReadonlyMap<string, number>>;
  /** The requests of each activity that were answered in that call. */
  answered: ReadonlyMap<Name, ReadonlySet<string>>;
  /** How often the fault struck. */
  hits: number;
  activities: readonly string[];
}

/** Plays a journey; without a fault it tells which calls and requests it makes. */
export async function playJourney(sandbox: WorkflowSandbox, journey: Journey, fault: Fault | null): Promise<Played> {
  const { before = [], steps, circumstances = {} } = journey;
  const meddler = new Meddler(fault);
  const scenario: Scenario = { ...plain, ...circumstances, steps: [] };
  const told: Played = {
    ...{ broken: [], journal: [], hits: 0, activities: [] },
    ...{ calls: new Map(), requests: new Map(), answered: new Map() },
  };
  await setTheStage(sandbox, scenario, meddler.sabotage, async (stage) => {
    told.journal = stage.truth.journal;
    const player = new Player(stage, { isCompared: true });
    await player.perform(before);
    meddler.arm();
    await player.perform(steps);
    told.calls = new Map(meddler.calls);
    told.answered = new Map([...meddler.answered].map(([name, requests]) => [name, new Set(requests)]));
    told.requests = new Map([...meddler.requests].map(([name, requests]) => [name, new Map(requests)]));
    if (fault?.lasts === 'untilHealed') await player.perform([{ do: 'pass', ms: LASTS_MS }]);
    told.broken = await player.finish();
    told.hits = meddler.hits;
    told.activities = meddler.activities;
  });
  return told;
}

/** Calls of one activity beyond these are like those before. */
const MOST_CALLS = 2;
/** Journeys that meet the same failure, where it is like others, or the same request of an activity without an answer. */
const MOST_JOURNEYS = 2;

/** The cells of the whole matrix, journey by journey. */
export class Matrix {
  readonly #sandbox: WorkflowSandbox;
  /** The names of all activities. */
  activities: readonly string[] = [];
  /** The requests that each activity has made in a journey. */
  readonly requests = new Map<Name, Set<string>>();
  /** How many journeys meet each failure already. */
  readonly #met = new Map<string, number>();

  constructor(sandbox: WorkflowSandbox) {
    this.#sandbox = sandbox;
  }

  /** Every failure of every call and request that a journey makes, but for those that earlier journeys have met often. */
  async cellsOf(journey: Journey): Promise<readonly Cell[]> {
    const { broken, journal, calls, requests, answered, activities } = await playJourney(this.#sandbox, journey, null);
    this.activities = activities;
    for (const [name, made] of requests)
      this.requests.set(name, new Set([...(this.requests.get(name) ?? []), ...made.keys()]));
    if (broken.length > 0)
      throw new Error(`${journey.name} breaks without a fault: ${[...broken, ...journal].join('\n')}`);
    const ofCalls = [...calls].flatMap(([activity, made]) =>
      made.slice(0, MOST_CALLS).flatMap((call) =>
        waysOf(activity)
          .filter(({ failure, when }) => !likeOthers.has(failure) || this.#isRare(`${activity} ${failure} ${when}`))
          .flatMap((way) => lastingOf(way).map((lasts): Fault => ({ activity, call, ...way, lasts }))),
      ),
    );
    const ofRequests = [...requests].flatMap(([activity, made]) =>
      [...made]
        .filter(([on]) => this.#isRare(`${activity} ${on}`))
        .flatMap(([on, call]) =>
          waysOfRequest(on)
            .filter(({ when }) => when === 'before' || answered.get(activity)?.has(on) === true)
            .flatMap((way) => lastingOf(way).map((lasts): Fault => ({ activity, call, on, ...way, lasts }))),
        ),
    );
    return [...ofCalls, ...ofRequests].map((fault) => ({ journey, fault }));
  }

  #isRare(what: string): boolean {
    const before = this.#met.get(what) ?? 0;
    this.#met.set(what, before + 1);
    return before < MOST_JOURNEYS;
  }
}

/** A single attempt that fails before its effects, and is tried again, is like none. */
function lastingOf({ failure, when }: Way): readonly Fault['lasts'][] {
  const isTriedAgain = failure === 'NoAnswer' || failure === 'Internal' || errorTable[failure].retry;
  return when === 'before' && isTriedAgain ? ['untilHealed'] : ['once', 'untilHealed'];
}
