// npm run bench:recovery [-- --rounds 10]: kills JobManagers at random moments and measures the time until the job runs again.
import { readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { keysOf } from '../src/domain/values/keys-of.ts';
import { runBench } from './latency/run-bench.ts';
import { say, tell } from './latency/terminal.ts';
import { moments } from './recovery/moments.ts';
import { Patient } from './recovery/patient.ts';
import { codeThatRuns, linesOf, readRounds, writeRounds, type Round } from './recovery/rounds.ts';

const RESULT = new URL('./recovery/result.json', import.meta.url);
const MOST_ROUNDS = 200;

const program = new Command('bench:recovery')
  .description(
    'Kills the JobManager of a job again and again. Rounds of the same code add up in bench/recovery/result.json.',
  )
  .option('--rounds <count>', `rounds to add, 1 to ${MOST_ROUNDS}`, parseRounds, 10)
  .option('--seed <number>', 'which moments are drawn', Number, Date.now() & 0xffff)
  .option('--keep-stack', 'leave the stack up for the next bench')
  .parse();
const options = program.opts<{ rounds: number; seed: number; keepStack?: true }>();

const code = codeThatRuns();
/** Rounds of the code that runs; those of other code proved something else. */
const stored = (): Round[] => readRounds(readFileSync(RESULT, 'utf8')).filter(({ tree }) => tree === code.tree);

process.exitCode = await runBench(
  async (stack, signal) => {
    const names = keysOf(moments);
    const patient = await Patient.deployed(stack);
    for (let index = 0; index < options.rounds && !signal.aborted; index += 1) {
      const moment = names[(options.seed + index) % names.length] ?? 'running';
      const fate = await patient.survive(moment, options.seed + index);
      const round: Round = { ...code, moment, load: Number((loadavg()[0] ?? 0).toFixed(1)), ...fate };
      writeFileSync(RESULT, writeRounds([...stored(), round]));
      const what = round.seconds === null ? `NOT BACK: ${round.why ?? ''}` : `${round.seconds.toFixed(1)} s`;
      tell(`  ${String(index + 1).padStart(3)} ${moment.padEnd(10)} ${what} (load ${round.load})`);
    }
    const problems = await patient.conclude();
    for (const line of linesOf(stored())) say(line);
    if (problems.length > 0) throw new Error(`the observer found: ${problems.join('; ')}`);
    say('The observer: one instance at every moment, nothing lost.');
  },
  { keepStack: options.keepStack === true },
);

function parseRounds(text: string): number {
  const rounds = Number(text);
  if (Number.isInteger(rounds) && rounds >= 1 && rounds <= MOST_ROUNDS) return rounds;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_ROUNDS}.`);
}
