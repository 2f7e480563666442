import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { sluice } from '../run.ts';

describe('completion', () => {
  it.each(['bash', 'zsh', 'fish'])('for %s names commands and options', async (shell) => {
    const { exit, stdout } = await sluice(['completion', shell]);
    expect(exit).toBe(0);
    for (const word of ['deploy', 'restore-points', 'release', 'api']) expect(stdout).toContain(word);
  });

  it('for bash is a script that bash takes', async () => {
    const { stdout } = await sluice(['completion', 'bash']);
    expect(spawnSync('bash', ['-n'], { input: stdout }).status).toBe(0);
  });
});
