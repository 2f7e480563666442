// Which process a recorded pid means. A pid alone is not enough: after the process ended, the kernel gives its number
// to somebody else's. Pid and start time together name one process for ever.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** One process, and never another one. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: string;
}

/** When the process with this pid started, in a form only good for comparing; undefined when there is none. */
function startTimeOf(pid: number): string | undefined {
  if (process.platform === 'linux') {
    try {
      return parseStartTime(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    } catch {
      return undefined;
    }
  }
  try {
    const printed = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
    return printed === '' ? undefined : printed;
  } catch {
    return undefined;
  }
}

/** The start time in a line of /proc/<pid>/stat; undefined for a zombie, which has ended but was not collected yet. */
export function parseStartTime(stat: string): string | undefined {
  // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

/** The identity of a process that lives now. */
export function identify(pid: number): ProcessIdentity | undefined {
  const startTime = startTimeOf(pid);
  return startTime === undefined ? undefined : { pid, startTime };
}

/** Whether this very process still lives. */
export function isAlive(identity: ProcessIdentity): boolean {
  return startTimeOf(identity.pid) === identity.startTime;
}

/** Sends a signal to this very process; false when it has ended. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch {
    return false; // it ended between the two lines
  }
}

/** Ends processes: politely first, after `graceMilliseconds` without asking. Resolves when none of them lives. */
export async function endProcesses(identities: readonly ProcessIdentity[], graceMilliseconds: number): Promise<void> {
  for (const identity of identities) signalProcess(identity, 'SIGTERM');
  if (await allEnded(identities, graceMilliseconds)) return;
  for (const identity of identities) signalProcess(identity, 'SIGKILL');
  await allEnded(identities, 5_000);
}

async function allEnded(identities: readonly ProcessIdentity[], withinMilliseconds: number): Promise<boolean> {
  const deadline = Date.now() + withinMilliseconds;
  while (identities.some(isAlive)) {
    if (Date.now() >= deadline) return false;
    await sleep(50);
  }
  return true;
}

/** Every process of ours whose environment holds `name=value`, however far it has moved from its parents. */
export function processesWithEnvironment(name: string, value: string): ProcessIdentity[] {
  const pids = process.platform === 'linux' ? scanProc(`${name}=${value}`) : scanPs(`${name}=${value}`);
  return pids.flatMap((pid) => (pid === process.pid ? [] : (identify(pid) ?? [])));
}

function scanProc(assignment: string): number[] {
  return readdirSync('/proc').flatMap((entry) => {
    if (!/^\d+$/.test(entry)) return [];
    try {
      const environment = readFileSync(`/proc/${entry}/environ`, 'utf8').split('\0');
      return environment.includes(assignment) ? [Number(entry)] : [];
    } catch {
      return []; // it ended, or belongs to somebody else
    }
  });
}

function scanPs(assignment: string): number[] {
  const printed = execFileSync('ps', ['-axEww', '-o', 'pid=,command='], { encoding: 'utf8', maxBuffer: 1 << 26 });
  return printed
    .split('\n')
    .filter((line) => line.split(/\s+/).includes(assignment))
    .map((line) => Number.parseInt(line, 10));
}
