import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { choosePorts, isFree, readPorts, writePorts } from '../../../stack/layout/ports.ts';

const nothingToReplace = { replaceIfTaken: new Set<string>(), free: () => Promise.resolve(true) };

describe('ports', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'ports-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('are the same after a restart', async () => {
    const file = join(directory, 'ports.json');
    const first = await choosePorts(readPorts(file), ['temporal', 's3'], nothingToReplace);
    writePorts(file, first);
    expect(await choosePorts(readPorts(file), ['s3', 'temporal'], nothingToReplace)).toEqual(first);
  });

  it('differ from each other', async () => {
    const names = Array.from({ length: 200 }, (_, index) => `port-${index}`);
    const ports = await choosePorts({}, names, nothingToReplace);
    expect(new Set(Object.values(ports)).size).toBe(200);
  });

  it('leave out those on which somebody listens, and start over at the end of the range', async () => {
    const free = (port: number): Promise<boolean> => Promise.resolve(port % 10 === 5);
    const options = { replaceIfTaken: new Set<string>(), free, random: () => 0.9999 };
    expect(await choosePorts({}, ['a', 'b'], options)).toEqual({ a: 20_005, b: 20_015 });
  });

  it('stay when their own component holds them, and give way when a stranger does', async () => {
    const free = (port: number): Promise<boolean> => Promise.resolve(port !== 20_100);
    const known = { api: 20_100, s3: 20_100 };
    const ports = await choosePorts(known, ['api', 's3'], { replaceIfTaken: new Set(['s3']), free });
    expect(ports['api']).toBe(20_100);
    expect(ports['s3']).not.toBe(20_100);
  });

  it('are said to be free only when nobody listens', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
    });
    expect(await isFree(port)).toBe(false);
    await new Promise((resolve) => server.close(resolve));
    expect(await isFree(port)).toBe(true);
  });
});
