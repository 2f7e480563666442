/**
 * npm run soak [-- --scenarios 30 --seed 7 --minutes 40]: random scenarios on the running stack. Processes are killed and
 * answers are cut while operations run; an observer watches YARN and what the job writes. Ends with a table and exit code 0
 * if every promise was kept. A seed chooses the same things again; the machine decides when they happen.
 */
import { randomInt } from 'node:crypto';
import { Command, InvalidArgumentError } from 'commander';
import { messageOf } from '../../src/domain/errors/message-of.ts';
import { auditPrefix } from '../../src/domain/identity/storage-keys.ts';
import { say, tell } from '../../stack/output.ts';
import { watch } from '../support/outside/observer.ts';
import { startPrivateSluice } from '../support/processes/private-sluice.ts';
import { publish } from '../support/releases.ts';
import { bucketOf, newJobName, runningStack } from '../support/stack.ts';
import { random } from './random.ts';
import { anything, bringBack, runScenario, type ScenarioResult } from './scenario.ts';

const program = new Command('soak')
  .option('--scenarios <count>', 'how many', parseCount, 30)
  .option('--minutes <count>', 'no scenario begins later than this', parseCount, 40)
  .option('--seed <number>', 'what was chosen once is chosen again', parseCount)
  .parse();
const options = program.opts<{ scenarios: number; minutes: number; seed?: number }>();
const seed = options.seed ?? randomInt(1, 1_000_000);

// Ends also when a scenario has left something waiting.
process.exit(await main());

async function main(): Promise<number> {
  runningStack(); // says how to bring one up
  tell(`seed ${seed}`);
  const job = newJobName('soak');
  const versions = ['1.0.0', '1.1.0'] as const;
  const releases = await Promise.all(
    versions.map((version) => publish({ job, version, program: version, fields: { upgrade: { handover: 'auto' } } })),
  );
  const outsider = await watch(job);
  const sluice = await startPrivateSluice('soak');
  const driver = sluice.job(job);
  const results: ScenarioResult[] = [];
  const problems: string[] = [];
  try {
    await driver.succeed('deploy', { id: 's0-deploy', release: releases[0] });
    // Rolling back needs something to go back to.
    await driver.succeed('deploy', { id: 's0-upgrade', release: releases[1] });
    const choose = random(seed);
    const lastStart = Date.now() + options.minutes * 60_000;
    for (let number = 1; number <= options.scenarios && Date.now() < lastStart; number += 1) {
      const began = Date.now();
      const result = await runScenario(number, choose, { sluice, driver, releases }, anything(choose));
      results.push(result);
      tell(line(number, result, Date.now() - began));
    }
    await bringBack(driver, options.scenarios + 1);
    await driver.succeed('savepoint', { id: 'last' }); // writes what waits for the audit log
    problems.push(...(await unrecorded(job, results)));
  } catch (error) {
    problems.push(messageOf(error));
  } finally {
    const verdict = await outsider.conclude({ repeats: 'explained' });
    say(verdict.sentence);
    problems.push(...verdict.problems);
    await sluice.down();
  }
  return conclude(results, problems);
}

/** Operations that the audit log does not have exactly once. */
async function unrecorded(job: string, results: readonly ScenarioResult[]): Promise<string[]> {
  const keys: string[] = [];
  for await (const entry of bucketOf(runningStack()).list(auditPrefix(job), { delimiter: '/' })) {
    if (entry.kind === 'object') keys.push(entry.key);
  }
  return results.flatMap(({ operation }) => {
    if (operation === null) return [];
    const found = keys.filter((key) => key.endsWith(`-${operation.id}.json`)).length;
    return found === 1 ? [] : [`the audit log has operation ${operation.id} ${found} times`];
  });
}

function line(number: number, { kind, troubles, operation, state, problems }: ScenarioResult, ms: number): string {
  const mark = problems.length === 0 ? '✓' : '✗';
  const seconds = `${(ms / 1000).toFixed(0)} s`;
  const outcome = operation?.outcome ?? 'no end';
  const row = [
    mark,
    String(number).padStart(3),
    seconds.padStart(6),
    kind.padEnd(9),
    outcome.padEnd(10),
    state.padEnd(11),
  ];
  return [`${row.join(' ')} ${troubles.join(', ')}`, ...problems.map((problem) => `      ${problem}`)].join('\n');
}

function conclude(results: readonly ScenarioResult[], problems: readonly string[]): number {
  const outcomes = new Map<string, number>();
  for (const { kind, operation } of results) {
    const key = `${kind} ${operation?.outcome ?? 'no end'}`;
    outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
  }
  for (const [key, count] of [...outcomes].sort()) say(`${String(count).padStart(4)}  ${key}`);
  for (const problem of problems) say(`  ✗ ${problem}`);
  const bad = results.filter((result) => result.problems.length > 0).length;
  const few = results.length < options.scenarios ? ` of ${options.scenarios}` : '';
  say(`${results.length}${few} scenarios, ${bad} with problems, ${problems.length} problems over all, seed ${seed}`);
  return bad === 0 && problems.length === 0 && results.length > 0 ? 0 : 1;
}

function parseCount(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a positive whole number.');
}
