/**
 * The options of Flink, as Flink's own classes have them.
 *
 * Seen to fail: with options that Sluice owns offered as any other.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FlinkOption, FlinkOptionsBody } from '../../../src/api/deployment-contract.ts';
import { startApp, type App } from '../start-app.ts';

let app: App;
beforeAll(async () => void (app = await startApp()));
afterAll(async () => await app.stop());

const options = async (query = ''): Promise<FlinkOptionsBody> =>
  JSON.parse((await app.send(`/api/v1/flink-options${query}`)).text) as FlinkOptionsBody;

describe.each(['1.20', '2.1'])('the options of Flink %s', (version) => {
  const one = async (key: string): Promise<FlinkOption | undefined> =>
    (await options(`?version=${version}.1`)).options.find((option) => option.key === key);

  it.each<[string, Partial<FlinkOption>]>([
    ['taskmanager.memory.managed.fraction', { type: 'Float', default: '0.4' }],
    ['taskmanager.memory.segment-size', { type: 'MemorySize', default: '32 kb' }],
    ['execution.checkpointing.interval', { type: 'Duration', default: null }],
    ['execution.checkpointing.timeout', { type: 'Duration', default: '10 min' }],
    ['execution.checkpointing.mode', { type: 'Enum', values: expect.arrayContaining(['EXACTLY_ONCE']) as string[] }],
    ['state.backend.rocksdb.memory.managed', { type: 'Boolean', default: 'true' }],
    ['table.exec.mini-batch.enabled', { type: 'Boolean', default: 'false' }],
    ['restart-strategy.type', { type: 'String' }],
  ])('have %s', async (key, expected) => {
    const option = await one(key);
    expect(option).toMatchObject(expected);
    expect(option).not.toHaveProperty('notAllowed');
    expect(option?.description.length).toBeGreaterThan(20);
  });

  it('say which a deployment file cannot set, and why', async () => {
    expect((await one('execution.checkpointing.dir'))?.notAllowed).toContain('is owned by Sluice');
    expect((await one('rest.port'))?.notAllowed).toContain('is owned by the platform');
    expect((await one('parallelism.default'))?.notAllowed).toBe('has a field of its own: set job.parallelism instead');
  });

  it('are sorted, each once, and have no markup', async () => {
    const { options: all, version: told } = await options(`?version=${version}`);
    const keys = all.map(({ key }) => key);
    expect(told).toBe(version);
    expect(keys).toEqual([...new Set(keys)].sort());
    expect(keys.length).toBeGreaterThan(600);
    for (const { description } of all) expect(description).not.toMatch(/<\/?(code|ul|li|p|br|span|a)\b/);
  });
});

it('of a version that is not known are those of the nearest older one', async () => {
  expect((await options()).version).toBe('2.1');
  expect((await options('?version=2.0.3')).version).toBe('1.20');
  expect((await options('?version=1.17')).version).toBe('1.20');
  expect((await options('?version=3.0')).versions).toEqual(['1.20', '2.1']);
});
