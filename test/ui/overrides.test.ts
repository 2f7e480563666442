/** Seen to fail: with a comparison by the text of a value, for which `2` and `"2"` are the same. */
import { describe, expect, it } from 'vitest';
import { judge, sizeOf, valuesIn, withOverrides } from '../../src/ui/pages/launch/editor/overrides.ts';
import { parentsOf } from '../../src/ui/pages/launch/editor/completion.ts';

const RELEASED = `apiVersion: sluice/v1
kind: FlinkJob
name: clicks-prod
environment: prod
owner: {team: ads}
labels: {tier: "1"}
placement: {cluster: yarn-a}
flink:
  version: "1.20.1"
  config:
    execution.checkpointing.interval: 10s # quick
    restart-strategy:
      type: fixed-delay
job: {jar: clicks.jar, entryClass: com.example.Clicks, args: ["--a", "b"], parallelism: 2}
`;

const edited = (from: string, to: string) => judge(RELEASED, RELEASED.replace(from, to));

describe('edits of a deployment file', () => {
  it.each([
    ['parallelism: 2', 'parallelism: 4', { 'job.parallelism': 4 }, []],
    ['10s # quick', '2s', { 'flink.config.execution.checkpointing.interval': '2s' }, []],
    ['type: fixed-delay', 'type: none', { 'flink.config.restart-strategy.type': 'none' }, []],
    ['    execution.checkpointing.interval: 10s # quick\n', '', {}, ['flink.config.execution.checkpointing.interval']],
    ['["--a", "b"]', '["--a", "c"]', { 'job.args': ['--a', 'c'] }, []],
    ['tier: "1"', 'tier: "2"', { 'labels.tier': '2' }, []],
    ['owner: {team: ads}', 'owner: {team: ads, contacts: [ann]}', { 'owner.contacts': ['ann'] }, []],
    ['# quick', '# quicker', {}, []],
  ])('%s → %s', (from, to, set, unset) => {
    expect(edited(from, to)).toEqual({ overrides: { set, unset }, errors: [] });
  });

  it.each([
    ['cluster: yarn-a', 'cluster: yarn-b', 7, 'placement.cluster cannot be hotfixed: deploy a release instead'],
    ['parallelism: 2', 'parallelism: two', 14, 'must be a positive whole number'],
    ['parallelism: 2', 'paralelism: 2', 14, 'did you mean "parallelism"?'],
    ['type: fixed-delay', 'password: x', 13, 'secret'],
    ['parallelism: 2}', 'parallelism: 2', 15, ''],
  ])('%s → %s is refused on its line', (from, to, line, words) => {
    const { errors } = edited(from, to);
    const said = errors.find(({ message }) => message.includes(words));
    expect(said).toMatchObject({ line });
  });

  it('can be repeated on the text, with its comments', () => {
    const { overrides } = judge(RELEASED, RELEASED.replace('10s', '2s').replace('parallelism: 2', 'parallelism: 4'));
    const again = withOverrides(RELEASED, overrides);
    expect(judge(RELEASED, again).overrides).toEqual(overrides);
    expect(again).toContain('# quick');
    expect(valuesIn(again, ['job.parallelism', 'taskManager.memory'])).toEqual({ 'job.parallelism': 4 });
    expect(sizeOf(overrides)).toMatchObject({ paths: 2 });
  });
});

describe('the keys above a line', () => {
  const lines = RELEASED.split('\n');
  it.each([
    [9, 2, ['flink']],
    [10, 4, ['flink', 'config']],
    [12, 6, ['flink', 'config', 'restart-strategy']],
    [13, 0, []],
  ])('line %i at %i', (count, indent, path) => {
    expect(parentsOf(lines.slice(0, count), indent)).toEqual(path);
  });
});
