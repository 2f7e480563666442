// Chooses free ports once and remembers them, so that addresses survive a restart of the stack.
import { createServer } from 'node:net';
import { z } from 'zod';
import { readJson, writeFileAtomically } from './stack-files.ts';

/** A port for each name. */
export type Ports = Readonly<Record<string, number>>;

// These ports lie below the range that kernels use for outgoing connections, which could otherwise occupy our ports
// while the stack is down.
const FIRST = 20_000;
const LAST = 29_999;

/** Resolves true when nothing listens on the port of the loopback interface. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}

/**
 * Adds a free port for each name that has none. Replaces the port of each name in `replaceIfTaken` if another program
 * listens on it.
 */
export async function choosePorts(
  known: Ports,
  names: readonly string[],
  options: {
    readonly replaceIfTaken: ReadonlySet<string>;
    readonly free?: (port: number) => Promise<boolean>;
    readonly random?: () => number;
  },
): Promise<Ports> {
  const free = options.free ?? isFree;
  const chosen: Record<string, number> = { ...known };
  const used = new Set(Object.values(chosen));
  let candidate = FIRST + Math.floor((options.random ?? Math.random)() * (LAST - FIRST));
  for (const name of names) {
    const port = chosen[name];
    if (port !== undefined && !(options.replaceIfTaken.has(name) && !(await free(port)))) continue;
    let tries = 0;
    do {
      candidate = candidate >= LAST ? FIRST : candidate + 1;
      tries += 1;
      if (tries > LAST - FIRST) throw new Error(`No port between ${FIRST} and ${LAST} is free on 127.0.0.1.`);
    } while (used.has(candidate) || !(await free(candidate)));
    used.add(candidate);
    chosen[name] = candidate;
  }
  return chosen;
}

/** Reads the ports that were chosen before. */
export function readPorts(file: string): Ports {
  return readJson(file, z.record(z.string(), z.number().int())) ?? {};
}

/** Writes the ports for later starts. */
export function writePorts(file: string, ports: Ports): void {
  writeFileAtomically(file, `${JSON.stringify(ports, null, 2)}\n`);
}
