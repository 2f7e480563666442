// Runs a tool (pip, Maven, Go) until it ends, and repeats its last lines when it fails.
import { spawn } from 'node:child_process';

const running = new Set<number>();

/** Runs a command and returns its stdout. Throws with the command's last lines when it fails. */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { readonly environment: Readonly<Record<string, string>>; readonly directory?: string },
): Promise<string> {
  return new Promise((resolve, reject) => {
    // The command gets its own process group, so that ending the group also ends its compilers and downloaders.
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

/** Ends every running command. Call it when the user interrupts us. */
export function stopCommands(): void {
  for (const pid of running) {
    try {
      process.kill(-pid, 'SIGTERM');
    } catch {
      // The command has just ended.
    }
  }
}
