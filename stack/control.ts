// Controls the running stack from other programs: reads its state, stops and starts single components. The commands use
// it, and so do tests that make components fail on purpose.
import { request } from 'node:http';
import { lastLines } from './processes/component-log.ts';
import { readDescription, type StackDescription } from './layout/description.ts';
import { isAlive } from './processes/process-identity.ts';
import { readProcessRecord, type ComponentRecord } from './processes/process-record.ts';
import { readSettings, type StackSettings } from './settings.ts';
import { stackFiles, type StackFiles } from './layout/stack-files.ts';

/** The addresses of the stack, and the state of each component. */
export interface StackStatus extends StackDescription {
  readonly components: readonly ComponentStatus[];
}

/** The state of one component, with the end of its log if the component ended by itself. */
export interface ComponentStatus extends ComponentRecord {
  readonly logTail?: readonly string[];
}

/** Reads the state of the stack. Returns undefined if the stack was never up. */
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

/** Lists the supervisor as a component too, while it has components to hold. */
function supervisorStatus(files: StackFiles): ComponentStatus[] {
  const { supervisor, components } = readProcessRecord(files);
  if (supervisor === undefined) return [];
  const log = files.log('supervisor');
  if (isAlive(supervisor)) return [{ name: 'supervisor', state: 'running', pid: supervisor.pid, log }];
  if (components.length === 0) return [];
  const detail = 'it was killed: `npm run stack -- up` ends its leftovers and starts the stack again';
  return [{ name: 'supervisor', state: 'exited', detail, log }];
}

/** Tells whether every component runs. */
export function isUp(status: StackStatus | undefined): boolean {
  const components = status?.components ?? [];
  return components.some(({ name }) => name !== 'supervisor') && components.every(({ state }) => state === 'running');
}

/**
 * Stops one component and resolves when it has ended, or freezes it (SIGSTOP) and resumes it (SIGCONT). The containers
 * of a killed NodeManager live on, as on a real cluster.
 */
export async function stopComponent(
  name: string,
  signal: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' = 'SIGTERM',
): Promise<void> {
  await askSupervisor(`/components/${name}/stop`, { signal });
}

/** Starts one component that is not running, and resolves once it serves. */
export async function startComponent(name: string): Promise<void> {
  await askSupervisor(`/components/${name}/start`, {});
}

/** The stack is down, because its supervisor cannot be reached. */
export class StackDown extends Error {}

/** Sends the supervisor a request. `onLine` receives each line of the answer as it arrives. */
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
        else reject(new Error((JSON.parse(text) as { error: string }).error)); // the supervisor's answer with 409
      });
    });
    asked.on('error', (cause: NodeJS.ErrnoException) => {
      const down = cause.code === 'ENOENT' || cause.code === 'ECONNREFUSED';
      reject(down ? new StackDown('The stack is down: start it with `npm run stack -- up`.', { cause }) : cause);
    });
    asked.end(JSON.stringify(body));
  });
}
