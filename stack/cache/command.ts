// Runs a tool (pip, Maven, Go) to its end and says what it said when it fails.
import { spawn } from 'node:child_process';

const running = new Set<number>();

/** Runs a command; throws with its last lines when it fails. Returns what it printed on stdout. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { readonly environment: Readonly<Record<string, string>>; readonly directory?: string },
): Promise<string> {
  return new Promise((resolve, reject) => {
    // A process group of its own, so that ending it ends the compilers and downloaders that it started as well.
    const child = spawn(command, args, {
      cwd: options.directory,
      env: options.environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const { pid } = child;
    if (pid !== undefined) running.add(pid);
    let output = '';
    let all = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      all = (all + text).slice(-20_000);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      all = (all + text).slice(-20_000);
    });
    child.on('error', (cause) => reject(new Error(`${command} cannot be run: ${cause.message}`, { cause })));
    child.on('close', (code, signal) => {
      if (pid !== undefined) running.delete(pid);
      if (code === 0) {
        resolve(output);
        return;
      }
      const lastLines = all.trim().split('\n').slice(-15).join('\n    ');
      reject(
        new Error(
          `${command} ${args.slice(0, 4).join(' ')} … failed (${signal ?? `exit code ${code ?? 'unknown'}`}). It said:\n    ${lastLines}\n` +
            'If that is a network error, run the same command again: what was fetched stays.',
        ),
      );
    });
  });
}

/** Ends every command that still runs; for the moment when somebody interrupts us. */
export function stopCommands(): void {
  for (const pid of running) {
    try {
      process.kill(-pid, 'SIGTERM');
    } catch {
      // It has just ended.
    }
  }
}
