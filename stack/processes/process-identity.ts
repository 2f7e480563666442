// Identifies a process by pid and start time, which together name one process for ever. A pid alone is not enough,
// because the kernel reuses the number after the process has ended.
import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Pid and start time of one process. */
export interface ProcessIdentity {
  readonly pid: number;
  readonly startTime: string;
}

/**
 * Returns the start time of a process, in a form that serves only for comparison; undefined when no process has the
 * pid.
 */
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

/**
 * Reads the start time from a line of /proc/<pid>/stat. Returns undefined for a zombie, because it has ended already.
 */
export function parseStartTime(stat: string): string | undefined {
  // The second field is the program's name in parentheses. The name may contain spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

/** Returns the identity of a living process. */
export function identify(pid: number): ProcessIdentity | undefined {
  const startTime = startTimeOf(pid);
  return startTime === undefined ? undefined : { pid, startTime };
}

/** Tells whether exactly this process still lives. */
export function isAlive(identity: ProcessIdentity): boolean {
  return startTimeOf(identity.pid) === identity.startTime;
}

/** Sends a signal to exactly this process. Returns false when it has ended. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): boolean {
  if (!isAlive(identity)) return false;
  try {
    return process.kill(identity.pid, signal);
  } catch {
    return false; // the process ended between the two lines
  }
}

/** Ends processes: by SIGTERM first, by SIGKILL after `graceMilliseconds`. Resolves when none of them lives. */
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

/** Finds every process of this user whose environment holds `name=value`, whatever its parent is by now. */
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
      return []; // the process ended, or belongs to another user
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
