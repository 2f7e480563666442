import { describe, expect, it } from 'vitest';
import { BASE, useFolder } from '../deployment-file.ts';
import { sluice } from '../run.ts';

const { file, pathOf } = useFolder();

describe('deployment files', () => {
  it('are validated with their base, all mistakes of all files at once', async () => {
    await file('base.yaml', BASE);
    const good = await file('good.yaml', 'extends: base.yaml\nname: clicks-dev\n');
    const bad = await file('bad.yaml', `${BASE}name: clicks-prod\njobb: {}\n`);
    const worse = await file('worse.yaml', `${BASE}name: UPPER\n`);
    const fine = await sluice(['validate', good]);
    expect([fine.exit, fine.stdout]).toEqual([0, `${good}: ok, clicks-dev in dev\n`]);
    const { exit, stderr } = await sluice(['validate', good, bad, worse]);
    expect(exit).toBe(2);
    expect(stderr).toContain('bad.yaml: line 9, column 1');
    expect(stderr).toContain('worse.yaml: line 8');
  });

  it('may be a folder, whose base files are checked as such', async () => {
    await file('base.yaml', BASE);
    await file('good.yaml', 'extends: base.yaml\nname: clicks-dev\n');
    const { exit, stdout } = await sluice(['validate', pathOf(), '-o', 'json']);
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      valid: true,
      files: [{ path: pathOf('good.yaml'), job: 'clicks-dev', environment: 'dev' }],
      bases: [pathOf('base.yaml')],
      warnings: [],
    });
    await file('quiet.yaml', `${BASE.replace(/, config: .*/, '}')}name: clicks-dev\n`);
    expect((await sluice(['validate', pathOf('quiet.yaml')])).stderr).toContain(
      'warning: no checkpoint interval is declared: unless the program sets one, a crash or a kill loses all state',
    );
    await file('base.yaml', `${BASE}frobnicate: 1\n`);
    const broken = await sluice(['validate', pathOf('base.yaml'), '-o', 'json']);
    expect(broken.exit).toBe(2);
    expect(JSON.parse(broken.stdout)).toMatchObject({ errors: [{ path: 'frobnicate', line: 8, column: 1 }] });
  });

  it('of fifty megabytes are not read, nor are such bases', async () => {
    const large = await file('large.yaml', '#'.repeat(50_000_000));
    const child = await file('child.yaml', 'extends: large.yaml\n');
    for (const path of [large, child]) {
      const { exit, stderr } = await sluice(['validate', path]);
      expect(exit).toBe(2);
      expect(stderr).toContain('large.yaml: line 1, column 1: the file must be at most 256 KiB');
    }
  });
});
