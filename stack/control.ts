// Control of the running stack from other programs: its state, and single components stopped and started. Used by the
// commands, and by tests that make components fail on purpose.
import { request } from 'node:http';
import { lastLines } from './processes/component-log.ts';
import { readDescription, type StackDescription } from './layout/description.ts';
import { isAlive } from './processes/process-identity.ts';
import { readProcessRecord, type ComponentRecord } from './processes/process-record.ts';
import { readSettings, type StackSettings } from './settings.ts';
import { stackFiles, type StackFiles } from './layout/stack-files.ts';

/** How to reach the stack, and the state of each of its components. */
export interface StackStatus extends StackDescription {
  readonly components: readonly ComponentStatus[];
}

/** The state of one component; of one that ended by itself also the end of its log. */
export interface ComponentStatus extends ComponentRecord {
  readonly logTail?: readonly string[];
}

/** The state of the stack; undefined if it was never up. */
export function stackStatus(settings: StackSettings = readSettings()): StackStatus | undefined {
  const files = stackFiles(settings.stackDirectory);
  const description = readDescription(files);
  if (description === undefined) return undefined;
  const components = readProcessRecord(files).components.map((component): ComponentStatus => {
    const broken = component.state === 'exited' || component.state === 'failed';
    return broken ? { ...component, logTail: lastLines(component.log, 5) } : component;
  });
  return { ...description, components: [...supervisorStatus(files), ...components] };
}

/** The supervisor as one of the components; it matters only while there is something to hold. */
function supervisorStatus(files: StackFiles): ComponentStatus[] {
  const { supervisor, components } = readProcessRecord(files);
  if (supervisor === undefined) return [];
  const log = files.log('supervisor');
  if (isAlive(supervisor)) return [{ name: 'supervisor', state: 'running', pid: supervisor.pid, log }];
  if (components.length === 0) return [];
  const detail = 'it was killed: `npm run stack -- up` ends what it left and starts anew';
  return [{ name: 'supervisor', state: 'exited', detail, log }];
}

/** Whether everything runs that should. */
export function isUp(status: StackStatus | undefined): boolean {
  const components = status?.components ?? [];
  return components.some(({ name }) => name !== 'supervisor') && components.every(({ state }) => state === 'running');
}

/**
 * Stops one component, or freezes it (SIGSTOP) and lets it go on (SIGCONT). Resolves when it has ended. Containers of a
 * NodeManager that is killed live on, as they would on a real cluster.
 */
export async function stopComponent(
  name: string,
  signal: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' = 'SIGTERM',
): Promise<void> {
  await askSupervisor(`/components/${name}/stop`, { signal });
}

/** Starts one component that was stopped or has ended, and resolves once it serves. */
export async function startComponent(name: string): Promise<void> {
  await askSupervisor(`/components/${name}/start`, {});
}

/** A supervisor that cannot be reached: the stack is down. */
export class StackDown extends Error {}

/** Asks the supervisor something; `onLine` receives each line of its answer as it comes. */
export function askSupervisor(
  path: string,
  body: unknown,
  options: {
    readonly settings?: StackSettings;
    readonly onLine?: (line: string) => void;
    readonly signal?: AbortSignal;
  } = {},
): Promise<string> {
  const { socket } = stackFiles((options.settings ?? readSettings()).stackDirectory);
  return new Promise((resolve, reject) => {
    const signal = options.signal === undefined ? {} : { signal: options.signal };
    const asked = request({ socketPath: socket, path, method: 'POST', ...signal }, (response) => {
      let text = '';
      let unread = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
        const lines = (unread + chunk).split('\n');
        unread = lines.pop() ?? '';
        for (const line of lines) options.onLine?.(line);
      });
      response.on('error', reject);
      response.on('end', () => {
        if (response.statusCode === 200) resolve(text);
        else reject(new Error((JSON.parse(text) as { error: string }).error)); // what the supervisor answers with 409
      });
    });
    asked.on('error', (cause: NodeJS.ErrnoException) => {
      const down = cause.code === 'ENOENT' || cause.code === 'ECONNREFUSED';
      reject(down ? new StackDown('The stack is down: start it with `npm run stack -- up`.', { cause }) : cause);
    });
    asked.end(JSON.stringify(body));
  });
}
