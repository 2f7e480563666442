/**
 * The pure parts of the bench of upgrades: what is still to be measured, the summary, and the classes that a JVM loaded late.
 *
 * Seen to fail: when rounds that were measured already count for nothing; when all rounds have one order; when classes of plugins, or
 * those before the wait, are listed.
 */
import { describe, expect, test } from 'vitest';
import { namesIn } from '../../bench/upgrade/class-log.ts';
import { linesOf, planned, readRounds, writeRounds, type Round } from '../../bench/upgrade/rounds.ts';

const round = (mode: Round['mode'], pause: number): Round => ({
  commit: 'abc',
  tree: 'def',
  mode,
  load: 1.5,
  pause,
  whole: 20_000,
  memory: { before: 1_596, most: mode === 'warm' ? 3_192 : 1_596, total: 7_980 },
});

describe('the plan', () => {
  test('has every mode in each round, and turns every other round around', () => {
    expect(planned(2, ['warm', 'cold', 'client'], [])).toEqual(['warm', 'cold', 'client', 'client', 'cold', 'warm']);
  });

  test('goes on where an earlier run was interrupted', () => {
    const done = [round('warm', 1), round('cold', 1), round('warm', 1)];
    expect(planned(2, ['warm', 'cold', 'client'], done)).toEqual(['cold', 'client', 'client']);
    expect(planned(1, ['warm', 'cold'], done)).toEqual([]);
  });
});

test('rounds are kept one on a line, and read as they were', () => {
  const rounds = [round('warm', 900), round('client', 20_000)];
  expect(writeRounds(rounds).split('\n')).toHaveLength(5);
  expect(readRounds(writeRounds(rounds))).toEqual(rounds);
  expect(readRounds(writeRounds([]))).toEqual([]);
});

test('the summary has a line for each mode that was measured', () => {
  const lines = linesOf([round('cold', 9_000), round('warm', 800), round('warm', 1_400), round('warm', 900)]);
  expect(lines).toEqual([
    expect.stringContaining(
      'nobody wrote for 0.90 s (0.80 to 1.40, 3 rounds); the upgrade took 20.00 s and 1596 MiB more of YARN (20 %)',
    ),
    expect.stringContaining(
      'nobody wrote for 9.00 s (9.00 to 9.00, 1 rounds); the upgrade took 20.00 s and 0 MiB more',
    ),
  ]);
});

describe('the log of classes', () => {
  const line = (name: string, jar = 'lib/flink-dist-1.20.1.jar') =>
    `[1.2s][info][class,load] ${name} source: file:/x/${jar}`;
  const F = 'org.apache.flink';

  test('of a JobManager names what Flink and Hadoop loaded once the program was found', () => {
    const log = [
      line('sluice.agent.Entry', 'sluice-entry.jar'),
      line(`${F}.Early`),
      line('com.example.Clicks', 'clicks.jar'),
      line(`${F}.Late`),
      line(`${F}.Late`),
      line('org.apache.hadoop.Late', 'hadoop-common.jar'),
      line(`${F}.OfPlugin`, 'plugins/s3-fs-hadoop/x.jar'),
      line(`${F}.rpc.Late`, 'flink-rpc-akka1.jar'),
      line(`${F}.Late$$Lambda/0x0001`),
      line('java.util.Late', 'jrt'),
    ];
    expect(namesIn(log.join('\n'))).toEqual({ role: 'jobmanager', names: [`${F}.Late`, 'org.apache.hadoop.Late'] });
  });

  test('of a TaskManager begins with its registration', () => {
    const registered = `${F}.runtime.taskexecutor.TaskExecutorRegistrationSuccess`;
    const log = [line(`${F}.Early`), line(registered), line(`${F}.Late`)];
    expect(namesIn(log.join('\n'))).toEqual({ role: 'taskmanager', names: [registered, `${F}.Late`] });
  });

  test('of a JVM that ran nothing is refused', () => {
    expect(() => namesIn(line(`${F}.Early`))).toThrow('does not name');
  });
});
