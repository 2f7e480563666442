/**
 * Every failure of every activity has an outcome that is true: once the world is healed, the state of the job, its records,
 * its fence and what runs agree, and the job can be deployed. The long tier plays each cell of the matrix, the fast one some
 * of them, drawn anew for each run but in CI. `SLUICE_MATRIX` plays the cells with this text in their names.
 *
 * Seen to fail: an epoch whose taking was denied stayed open, and the next operation lost the lock.
 */
import { beforeAll, expect, test } from 'vitest';
import { undecidedCodes } from '../../src/domain/errors/errors.ts';
import { matrixCells, tierAsked } from '../tiers.ts';
import { openSandbox } from './bundle.ts';
import { Matrix, nameOf, playJourney, type Cell } from './matrix/cells.ts';
import { journeys } from './matrix/journeys.ts';
import { meets, outages, systemOf, uncalled } from './matrix/meets.ts';
import { SeededRandom } from './simulation/random.ts';
import type { WorkflowSandbox } from './simulation/sandbox.ts';

const { CI, SLUICE_MATRIX } = process.env;
const seed = CI ? 20_260_000 : Date.now();

const there: { sandbox: WorkflowSandbox | null; matrix: Matrix | null; cells: readonly Cell[] } = {
  sandbox: null,
  matrix: null,
  cells: [],
};

beforeAll(async () => {
  there.sandbox = await openSandbox();
  there.matrix = new Matrix(there.sandbox);
  const cells: Cell[] = [];
  for (const journey of journeys) cells.push(...(await there.matrix.cellsOf(journey)));
  there.cells = cells;
}, 1_800_000);

test('each activity has a row in the table of failures, and is called in a journey', () => {
  const others = new Set<string>(uncalled);
  const activities = [...(there.matrix?.activities ?? [])].filter((name) => !others.has(name)).sort();
  expect(activities.length).toBeGreaterThan(20);
  expect(Object.keys(meets).sort()).toEqual(activities);
  expect([...(there.matrix?.requests.keys() ?? [])].sort()).toEqual(activities);
});

test('an activity asks only the systems whose outages its row names', () => {
  const undeclared = [...(there.matrix?.requests ?? [])].flatMap(([activity, requests]) => {
    const asks: readonly string[] = meets[activity].asks;
    return [...requests].filter((request) => !asks.includes(systemOf(request))).map((request) => [activity, request]);
  });
  expect(undeclared).toEqual([]);
});

test('an activity that met an outage may have acted', () => {
  const decided = Object.values(outages).flatMap((codes) => codes.filter((code) => !undecidedCodes.has(code)));
  expect(decided).toEqual([]);
});

test('after each failure state, record and reality agree', async () => {
  const chosen = chosenOf(there.cells);
  const broken: string[] = [];
  const idle: string[] = [];
  for (const cell of chosen) {
    const played = await playJourney(there.sandbox!, cell.journey, cell.fault);
    if (played.hits === 0) idle.push(nameOf(cell));
    if (played.broken.length > 0) broken.push([nameOf(cell), ...played.broken, ...played.journal].join('\n'));
  }
  process.stdout.write(`${chosen.length} of ${there.cells.length} cells of the fault matrix, seed ${seed}\n`);
  const names = broken.map((one) => one.slice(0, one.indexOf('\n'))).join('\n');
  expect(broken.slice(0, 3).join('\n\n'), `${broken.length} cells break:\n${names}\n`).toBe('');
  expect(idle, 'cells whose fault never struck').toEqual([]);
});

/** Cells that once broke a promise. Each failed on the code before its mending; its comment names the cause. */
const found: readonly string[] = [
  // The epoch that was taken stayed unknown, so the next operation lost the lock; and its start stayed open.
  'a first deploy: call 1 of readyStart meets StorageDenied after its effect, once',
  'an upgrade: call 1 of readyStart meets RecordInvalid after its effect, untilHealed',
  // Nothing was proven yet, and the record said that nothing runs.
  'a recovery in the middle of an upgrade: call 1 of claimOperation meets NoAnswer before its effect, untilHealed',
  // The fence named the new owner, and the job the old one.
  'a transfer: call 1 of transferJob meets StorageDenied after its effect, once',
  // The decision was recorded as a confirmed end, under the name of the end that came later.
  'a kill that gives up: call 1 of giveUpInstance meets StorageDenied after its effect, once',
  // The next run found the application by its fence and gave its deployment no record.
  'an adoption: call 1 of adoptApplication meets StorageDenied before "write deployments/clicks/number.json", once',
  // The next run found the application by its fence and gave its deployment no record.
  'an adoption: call 1 of adoptApplication meets StorageDenied before "write deployments/clicks/number.json", once',
  // The record was written and the claim stayed open, and the next look passed by what was recorded.
  'a recovery in the middle of an upgrade: call 1 of closeLostOperations meets StorageUnavailable after "write audit/clicks/time-operation.json", once',
  // Somebody had killed it with tools of YARN, and the job counted as stopped on purpose.
  'a job that is killed from outside: call 1 of endApplication meets StorageDenied after its effect, once',
  // The watcher told of the return once, and nobody tried again.
  'the return of an instance that was given up: call 1 of endGivenUp meets StorageDenied before its effect, untilHealed',
];

test.each(found)('%s', async (name) => {
  const { broken, journal } = await playCell(name);
  expect(broken, journal.join('\n')).toEqual([]);
});

test('a failed start is told by its cause, also where nobody can look for its checkpoints', async () => {
  const call = 'call 1 of retainedCheckpoint meets StorageDenied before its effect, untilHealed';
  const { broken, journal } = await playCell(`a first start that fails: ${call}`);
  expect(broken, journal.join('\n')).toEqual([]);
  expect(journal.join('\n')).toMatch(/recorded deploy one-1 .*: failed StartFailed/);
});

function playCell(name: string): ReturnType<typeof playJourney> {
  const cell = there.cells.find((one) => nameOf(one) === name);
  if (!cell || !there.sandbox) throw new Error(`there is no cell "${name}"`);
  return playJourney(there.sandbox, cell.journey, cell.fault);
}

/** The cells that are asked for, or as many of all as the tier plays. */
function chosenOf(cells: readonly Cell[]): readonly Cell[] {
  if (SLUICE_MATRIX !== undefined) return cells.filter((cell) => nameOf(cell).includes(SLUICE_MATRIX));
  const most = matrixCells[tierAsked() ?? 'fast'];
  if (most >= cells.length) return cells;
  const random = new SeededRandom(seed);
  return Array.from({ length: most }, () => cells[random.below(cells.length)]!);
}
