import { describe, expect, it } from 'vitest';
import { BASE, useFolder } from '../deployment-file.ts';
import { sluice } from '../run.ts';

const { file } = useFolder();

describe('deployment files', () => {
  it('are rendered as JSON with the origin of each value', async () => {
    await file('base.yaml', BASE);
    const child = await file('child.yaml', 'extends: base.yaml\nname: clicks-dev\nflink: {config: {a: {b: 1}}}\n');
    const { stdout } = await sluice(['render', child, '-o', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({
      file: { name: 'clicks-dev', flink: { config: { 'a.b': '1' } } },
      origins: { name: 'file', 'job.jar': 'base', 'flink.config.a.b': 'file', 'job.parallelism': 'default' },
    });
  });

  it('are rendered with defaults', async () => {
    const path = await file('one.yaml', `${BASE}name: clicks-dev\n`);
    const { stdout } = await sluice(['render', path]);
    expect(stdout).toContain('onFailedStart: rollback');
    const short = await sluice(['render', path, '--without-defaults']);
    expect(short.stdout).not.toContain('onFailedStart');
  });
});
