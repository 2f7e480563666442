/**
 * The turns of one cluster, for as long as Sluice is there: jobs that Sluice brings up by itself ask here, and are told when
 * they may begin. The room `turns` of the domain decides; this workflow receives, tells and waits.
 */
import {
  condition,
  getExternalWorkflowHandle,
  patched,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { clusterOfTurnsId, workflowIdOf } from '../../domain/identity/workflow-ids.ts';
import { carriedTurns, readTurns } from '../../domain/turns/carried.ts';
import { TurnAsk, TurnLeft, TurnLimits } from '../../domain/turns/messages.ts';
import { answersTo, asked, grant, left, noTurns, type AddressedAnswer, type Turns } from '../../domain/turns/turns.ts';
import {
  askTurnSignal,
  leaveTurnSignal,
  turnLimitsSignal,
  turnOverSignal,
  turnSignal,
  type ClusterTurnsInput,
} from '../messages.ts';
import { nextRun } from '../next-run.ts';

interface Book {
  turns: Turns;
  limits: TurnLimits;
  /** Jobs that have asked and have no answer yet. */
  readonly askers: Set<string>;
  isToTurnOver: boolean;
  /** Whether a message has come since the last look. */
  isNews: boolean;
}

export async function clusterTurns(input: ClusterTurnsInput): Promise<void> {
  const cluster = clusterOfTurnsId(workflowInfo().workflowId);
  const limits = TurnLimits.safeParse((input as ClusterTurnsInput | undefined)?.limits);
  if (cluster === null || !limits.success || input.cluster !== cluster) return;

  // Jobs ask again, so that turns which nobody can read may begin anew.
  const turns = readTurns(input.carried) ?? noTurns;
  const book: Book = { turns, limits: limits.data, askers: new Set(), isToTurnOver: false, isNews: true };
  receive(book);
  while (!book.isToTurnOver && !workflowInfo().continueAsNewSuggested) {
    book.isNews = false;
    const { turns: next, granted, nextAt } = grant(book.turns, book.limits, Date.now());
    book.turns = next;
    const told = answersTo(next, new Set([...book.askers, ...granted.map(({ job }) => job)]));
    book.askers.clear();
    setCurrentDetails(wordsOf(cluster, book));
    await tellAll(book, told);
    const wait = nextAt === null ? undefined : Math.max(1, nextAt - Date.now());
    const isAwake = (): boolean => book.isNews || book.isToTurnOver;
    await (wait === undefined ? condition(isAwake) : condition(isAwake, wait));
  }
  await answerTheLast(book);
  await nextRun<typeof clusterTurns>([{ cluster, limits: book.limits, carried: carriedTurns(book.turns) }]);
}

/** The messages change the book and nothing else, so that none is lost and none can fail a task. */
function receive(book: Book): void {
  const heard = (change: () => void): void => {
    change();
    book.isNews = true;
  };
  setHandler(askTurnSignal, (message) => {
    const ask = TurnAsk.safeParse(message);
    if (!ask.success) return;
    heard(() => {
      book.turns = asked(book.turns, ask.data, Date.now());
      book.askers.add(ask.data.job);
    });
  });
  setHandler(leaveTurnSignal, (message) => {
    const said = TurnLeft.safeParse(message);
    if (said.success) heard(() => (book.turns = left(book.turns, said.data)));
  });
  setHandler(turnLimitsSignal, (message) => {
    const limits = TurnLimits.safeParse(message);
    if (limits.success) heard(() => (book.limits = limits.data));
  });
  setHandler(turnOverSignal, () => void (book.isToTurnOver = true));
}

/**
 * Answers the jobs that have asked since the last look, because the next run is not handed who asks. Jobs of a lost cluster ask again at
 * the same moments, which end a run each time: a job that missed two answers would take its silence for nobody there, and go on
 * without a turn.
 */
async function answerTheLast(book: Book): Promise<void> {
  while (book.askers.size > 0 && patched('2026-12-01-last-askers')) {
    const told = answersTo(book.turns, book.askers);
    book.askers.clear();
    await tellAll(book, told);
  }
}

/** Tells so many jobs at one time, because Temporal fails a task that has 2,000 signals under way. */
const TOLD_AT_ONCE = 500;

async function tellAll(book: Book, told: readonly AddressedAnswer[]): Promise<void> {
  for (let first = 0; first < told.length; first += TOLD_AT_ONCE)
    await Promise.all(told.slice(first, first + TOLD_AT_ONCE).map((answer) => tell(book, answer)));
}

/** A job whose workflow is closed needs no turn. */
async function tell(book: Book, { job, ...answer }: AddressedAnswer): Promise<void> {
  try {
    await getExternalWorkflowHandle(workflowIdOf(job)).signal(turnSignal, answer);
  } catch {
    book.turns = left(book.turns, { job, operationId: answer.operationId });
    book.isNews = true;
  }
}

function wordsOf(cluster: string, { turns, limits }: Book): string {
  const { waiting, holding } = turns;
  const bounds = `${limits.maxParallel} at one time, ${limits.perMinute} in a minute`;
  const have = holding.length === 0 ? 'none' : holding.map(({ job }) => job).join(', ');
  return `Gives turns to jobs that Sluice brings up on cluster **${cluster}** by itself: ${bounds}.\n\nWith a turn: ${have}\n\nWaiting: ${waiting.length}`;
}
