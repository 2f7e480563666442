import { describe, expect, it, test } from 'vitest';
import { extendsOf, parseBase, resolveExtends } from '../../../src/domain/deployment-file/extends.ts';
import { applyHotfix, type Hotfix } from '../../../src/domain/hotfix/apply.ts';
import { formatInputErrors, parseDeploymentFile } from '../../../src/domain/deployment-file/parse.ts';
import { fullFile } from './examples.ts';

const base = `apiVersion: sluice/v1
kind: FlinkJob
owner: {team: ads, contacts: [a, b]}
placement: {cluster: yarn-a}
flink:
  version: "1.20.1"
  config:
    execution:
      checkpointing: {interval: 10s, timeout: 5min}
    python.version: 3.10
job: {jar: clicks.jar, entryClass: com.example.Clicks, args: [--a, b]}
`;

const child = `extends: clicks.base.yaml
name: clicks-dev
environment: dev
owner: {contacts: [c]}
flink:
  config: {execution.checkpointing.interval: 20s, execution: {checkpointing.timeout: null}}
job: {args: null, parallelism: 4}
`;

const errorsOf = (childText: string, baseText: string): string => {
  const result = resolveExtends(childText, baseText, { childName: 'dev.yaml', baseName: 'base.yaml' });
  return result.ok ? 'no errors' : formatInputErrors(result.errors);
};

describe('a file with extends', () => {
  it('merges maps, replaces lists and removes with null', () => {
    const result = resolveExtends(child, base);
    expect(result.ok && result.value).toEqual({
      apiVersion: 'sluice/v1',
      kind: 'FlinkJob',
      name: 'clicks-dev',
      environment: 'dev',
      owner: { team: 'ads', contacts: ['c'] },
      placement: { cluster: 'yarn-a' },
      flink: {
        version: '1.20.1',
        config: { 'execution.checkpointing.interval': '20s', 'python.version': '3.10' },
      },
      job: { jar: 'clicks.jar', entryClass: 'com.example.Clicks', parallelism: 4 },
    });
  });

  it('is rendered as a flat file that says the same', () => {
    const result = resolveExtends(child, base);
    if (!result.ok) throw new Error(formatInputErrors(result.errors));
    expect(result.text).not.toContain('extends');
    expect(parseDeploymentFile(result.text)).toEqual({ ok: true, file: result.file });
  });

  it('removes all keys below a null in flink.config', () => {
    const result = resolveExtends(child.replace(/config: .*/, 'config: {execution: null}'), base);
    expect(result.ok && result.file.flink.config).toEqual({ 'python.version': '3.10' });
  });

  it('names its base', () => {
    expect(extendsOf(child)).toBe('clicks.base.yaml');
    expect(extendsOf(fullFile)).toBeNull();
    expect(extendsOf('extends: ../../etc/passwd')).toBeNull();
    expect(extendsOf('[')).toBeNull();
  });

  test.each<readonly [string, string, string, string]>([
    [
      'a wrong field of the child',
      child.replace('4}', 'four}'),
      base,
      'dev.yaml: line 7, column 32: job.parallelism must be',
    ],
    [
      'a wrong field of the base',
      child,
      base.replace('clicks.jar', '../x'),
      'base.yaml: line 11, column 12: job.jar must be',
    ],
    [
      'a field that both lack',
      child.replace('name: clicks-dev\n', ''),
      base,
      'dev.yaml: line 1, column 1: name is required',
    ],
    [
      'an owned key in nested form in the base',
      child,
      base.replace('timeout: 5min', 'dir: x'),
      'base.yaml: line 9, column 38: flink.config.execution.checkpointing.dir is owned',
    ],
    [
      'an owned key in the child',
      child.replace('interval: 20s', 'dir: x'),
      base,
      'dev.yaml: line 6, column 12: flink.config.execution.checkpointing.dir is owned',
    ],
    [
      'a list of lists in the child',
      child.replace('20s', '[[null]]'),
      base,
      'dev.yaml: line 6, column 12: flink.config.execution.checkpointing.interval must be a list of plain values',
    ],
    [
      'a rule over both',
      child.replace('timeout: null', 'timeout: 30min'),
      `${base}upgrade: {timeouts: {savepoint: 12m}}\n`,
      'base.yaml: line 12, column 33: upgrade.timeouts.savepoint must be at least 31m',
    ],
    [
      'a base with a base',
      child,
      `extends: x.yaml\n${base}`,
      'base.yaml: line 1, column 1: extends is not possible in a base file',
    ],
    [
      'a base elsewhere',
      child.replace('clicks.base.yaml', '../base.yaml'),
      base,
      'dev.yaml: line 1, column 10: extends must be the name',
    ],
    ['no base at all', child.replace('extends: clicks.base.yaml\n', ''), base, 'extends must be the name'],
    ['broken YAML in both', '[', '{', 'base.yaml: line 1'],
    [
      '__proto__ in the child',
      `${child}__proto__: {x: 1}\n`,
      base,
      'dev.yaml: line 8, column 1: "__proto__" is not allowed',
    ],
  ])('points into the right file for %s', (_, childText, baseText, error) =>
    expect(errorsOf(childText, baseText)).toContain(error),
  );
});

describe('a base file', () => {
  it('may lack every field', () =>
    expect(parseBase('labels: {a: b}\n')).toEqual({ ok: true, value: { labels: { a: 'b' } } }));
  it('may leave a rule to its children', () => expect(parseBase('upgrade: {stopWith: none}\n').ok).toBe(true));
  it('must be right in the fields it has', () =>
    expect(parseBase('labels: {a: 1}\nfoo: x\n')).toMatchObject({ ok: false, errors: [{ line: 1 }, { line: 2 }] }));
});

describe('a hotfix', () => {
  const result = parseDeploymentFile(fullFile);
  if (!result.ok) throw new Error(formatInputErrors(result.errors));
  const { file } = result;

  const applied = (hotfix: Hotfix) => {
    const outcome = applyHotfix(file, hotfix);
    if (!outcome.ok) throw new Error(formatInputErrors(outcome.errors));
    return outcome.file;
  };
  const refused = (set: Record<string, unknown>, unset?: string[]) => {
    const outcome = applyHotfix(file, { set, unset });
    return outcome.ok ? 'no errors' : formatInputErrors(outcome.errors);
  };

  it('sets and unsets paths of the file', () => {
    const fixed = applied({
      set: { 'taskManager.memory': '8g', 'flink.config.a.b': 3, 'job.args': ['x'], 'upgrade.timeouts.start': '9m' },
      unset: ['job.parallelism', 'flink.config.execution.checkpointing.interval'],
    });
    expect(fixed.taskManager).toEqual({ memory: '8g', vcores: 2, slots: 4 });
    expect(fixed.flink.config).toEqual({ 'a.b': '3' });
    expect(fixed.job).toMatchObject({ args: ['x'], parallelism: 1 });
    expect(fixed.upgrade.timeouts.start).toBe('9m');
    expect(file.job.parallelism).toBe(8);
  });

  it('replaces an option under its other name', () => {
    const before = applied({ set: { 'flink.config.state.backend': 'hashmap' } });
    const after = applyHotfix(before, { set: { 'flink.config.state.backend.type': 'rocksdb' } });
    expect(after.ok && after.file.flink.config).toMatchObject({ 'state.backend.type': 'rocksdb' });
    expect(after.ok && after.file.flink.config).not.toHaveProperty(['state.backend']);
  });

  test.each<readonly [string, Record<string, unknown>, string]>([
    ['another name', { name: 'x' }, 'name cannot be hotfixed'],
    ['another environment', { environment: 'x' }, 'environment cannot be hotfixed'],
    ['another JAR', { 'job.jar': 'x.jar' }, 'job.jar cannot be hotfixed'],
    ['another class', { 'job.entryClass': 'X' }, 'job.entryClass cannot be hotfixed'],
    ['a whole map', { taskManager: { memory: '1g' } }, 'taskManager is a map: name the fields in it'],
    ['an unknown path', { 'taskmanager.memory': '1g' }, 'did you mean "taskManager.memory"?'],
    ['a field without its map', { parallelism: 1 }, 'did you mean "job.parallelism"?'],
    ['a wrong value', { 'job.parallelism': 'x' }, 'job.parallelism must be a positive whole number, got "x"'],
    ['an owned key', { 'flink.config.state.savepoints.dir': 'x' }, 'is owned by Sluice'],
    ['an owned key in nested form', { 'flink.config.state': { 'savepoints.dir': 'x' } }, 'is owned by Sluice'],
    ['a typed key', { 'flink.config.parallelism.default': 3 }, 'has a field of its own: set job.parallelism instead'],
    ['a secret', { 'flink.config.s3.secret-key': 'x' }, 'would be a secret'],
    ['shell syntax', { 'flink.config.env.java.opts.all': '-Dx=`id`' }, 'must not contain'],
    ['a prototype', { '__proto__.x': 1 }, 'is not a path'],
    ['a prototype in the configuration', { 'flink.config.__proto__': 1 }, 'is not a path'],
    ['an empty path', { '': 1 }, 'is not a path'],
    ['a map as configuration value that is empty', { 'flink.config.x': {} }, 'must not be an empty map'],
  ])('is refused for %s', (_, set, error) => expect(refused(set)).toContain(error));

  it('is refused when it sets and unsets one path', () =>
    expect(refused({ 'job.parallelism': 1 }, ['job.parallelism'])).toContain('both set and unset'));
});
