import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import { renderConfigYaml } from '../../../src/domain/flink-options/config-yaml.ts';
import { parseDeploymentFile } from '../../../src/domain/deployment-file/parse.ts';
import { effectiveConfig, type ConfigLayers } from '../../../src/domain/deployment/effective-config.ts';
import { frameworkSettings } from '../../../src/domain/deployment/framework-settings.ts';
import { fullFile } from '../deployment-file/examples.ts';
import { args, input } from './framework-input.ts';

const fileWith = (config: string) => {
  const result = parseDeploymentFile(fullFile.replace('{execution.checkpointing.interval: 10s}', config));
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  return result.file;
};

const effective = (layers: Partial<ConfigLayers>) => {
  const { entries } = effectiveConfig({
    platform: {},
    cluster: {},
    file: fileWith('{}'),
    hotfix: null,
    framework: {},
    ...layers,
  });
  return Object.fromEntries(entries.map(({ key, value, origin }) => [key, `${value} (${origin})`]));
};

describe('the effective configuration', () => {
  it('adds the reporter of Sluice to a list that somebody has set, because Flink makes only reporters that the list names', () => {
    const framework = {
      'metrics.reporters': 'sluice',
      'classloader.parent-first-patterns.additional': 'sluice.agent.',
    };
    const ours = { 'classloader.parent-first-patterns.additional': 'sluice.agent. (framework)' };
    expect(effective({ framework })).toMatchObject(ours);
    expect(effective({ framework })).not.toHaveProperty('metrics.reporters');
    const set = '{metrics.reporters: prom, classloader.parent-first-patterns.additional: com.example.}';
    expect(effective({ file: fileWith(set), framework })).toMatchObject({
      'metrics.reporters': 'prom,sluice (deployment file)',
      'classloader.parent-first-patterns.additional': 'com.example.;sluice.agent. (deployment file)',
    });
  });

  it('takes each key from the strongest layer and says from which', () => {
    const config = effective({
      platform: { a: '1', b: '1', c: '1', d: '1', 'parallelism.default': '99' },
      cluster: { b: '2', c: '2', d: '2' },
      file: fileWith('{c: 3, d: 3}'),
      hotfix: { set: { 'flink.config.d': 4, 'taskManager.memory': '8g' } },
      framework: { 'yarn.tags': 'x' },
    });
    expect(config).toMatchObject({
      a: '1 (platform)',
      b: '2 (cluster)',
      c: '3 (deployment file)',
      d: '4 (hotfix)',
      'yarn.tags': 'x (framework)',
      'parallelism.default': '8 (deployment file)',
      'taskmanager.memory.process.size': '8g (hotfix)',
      'taskmanager.numberOfTaskSlots': '4 (deployment file)',
      'yarn.application.queue': 'ads (deployment file)',
      'yarn.application.priority': '0 (deployment file)',
    });
  });

  it('is sorted by key', () => {
    const keys = Object.keys(effective({ platform: { z: '1', b: '1' } }));
    expect(keys).toEqual([...keys].sort());
  });

  it('gives way to the cluster where a hotfix unsets a key', () => {
    const file = fileWith('{a: 3}');
    expect(effective({ cluster: { a: '2' }, file, hotfix: { set: {}, unset: ['flink.config.a'] } })).toMatchObject({
      a: '2 (cluster)',
    });
  });

  it('never has one option under two names', () => {
    const config = effective({
      platform: { 'state.backend': 'rocksdb', 'execution.checkpointing.dir': 's3://platform' },
      file: fileWith('{state.backend.type: hashmap}'),
      framework: frameworkSettings({ ...input, flinkVersion: '1.19.1' }),
    });
    expect(config).toMatchObject({
      'state.backend.type': 'hashmap (deployment file)',
      'state.checkpoints.dir': 's3://bucket/checkpoints/clicks-prod (framework)',
    });
    expect(config).not.toHaveProperty(['state.backend']);
    expect(config).not.toHaveProperty(['execution.checkpointing.dir']);
  });

  test.each([
    ['{}', '3 (framework)'],
    ['{execution.checkpointing.num-retained: 10}', '10 (deployment file)'],
    ['{state.checkpoints.num-retained: 10}', '10 (deployment file)'],
    ['{state.checkpoints.num-retained: 3}', '3 (framework)'],
  ])('of %s retains %s checkpoints', (config, expected) => {
    const result = effective({ file: fileWith(config), framework: frameworkSettings(input) });
    expect(result).toMatchObject({ 'execution.checkpointing.num-retained': expected });
    expect(result).not.toHaveProperty(['state.checkpoints.num-retained']);
  });

  it('quotes JVM options for the launch command', () => {
    expect(effective({ file: fileWith(`{env.java.opts.all: '-Da="b c"  -Xss1m'}`) })).toMatchObject({
      'env.java.opts.all': "'-Da=b c' -Xss1m (deployment file)",
    });
  });

  it('turns log settings into the variables that Flink’s client makes of them, in the layer that decided', () => {
    const variables = (layers: Parameters<typeof effective>[0]) =>
      Object.entries(effective(layers)).filter(([key]) => /ROOT_LOG_LEVEL|MAX_LOG_FILE_NUMBER/.test(key));
    expect(variables({})).toEqual([]);
    expect(
      variables({ platform: { 'env.log.level': 'INFO' }, file: fileWith('{env.log: {level: DEBUG, max: 3}}') }),
    ).toEqual(
      ['master', 'taskmanager'].flatMap((containers) => [
        [`containerized.${containers}.env.MAX_LOG_FILE_NUMBER`, '3 (deployment file)'],
        [`containerized.${containers}.env.ROOT_LOG_LEVEL`, 'DEBUG (deployment file)'],
      ]),
    );
  });

  it('writes variables and JVM options of several lines on one', () => {
    const file = fileWith('{containerized.master.env.X: "a b\\n  c\\n", env.java.opts.all: "-Da=1\\n-Db=2\\n"}');
    expect(effective({ file })).toMatchObject({
      'containerized.master.env.X': 'a b c (deployment file)',
      'env.java.opts.all': '-Da=1 -Db=2 (deployment file)',
    });
  });

  it('refuses a hotfix that does not fit', () => {
    expect(() => effective({ hotfix: { set: { name: 'x' } } })).toThrow('name cannot be hotfixed');
  });
});

describe('the text of the effective configuration', () => {
  it('is flat and complete', () => {
    const { entries } = effectiveConfig({
      platform: {},
      cluster: {},
      file: fileWith('{a: {b: c}}'),
      hotfix: null,
      framework: frameworkSettings(input),
    });
    const yaml = parse(renderConfigYaml(entries)) as Record<string, unknown>;
    expect(Object.keys(yaml)).toEqual(entries.map(({ key }) => key));
    expect(yaml['$internal.application.program-args']).toEqual(args);
    expect(yaml['a.b']).toBe('c');
  });
});
