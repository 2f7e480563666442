// Records the stack's processes in .stack/processes.json, so that any later command can find and end exactly these
// processes, even after the supervisor was killed.
import { z } from 'zod';
import { isAlive } from './process-identity.ts';
import { readJson, writeFileAtomically, type StackFiles } from '../layout/stack-files.ts';

const ComponentRecord = z.object({
  name: z.string(),
  /** `exited`: ended by itself or was killed. `stopped`: ended on request. `failed`: did not serve in time. */
  state: z.enum(['starting', 'running', 'stopping', 'stopped', 'exited', 'failed']),
  pid: z.number().int().optional(),
  startTime: z.string().optional(),
  detail: z.string().optional(),
  log: z.string(),
});
/** The state of one component. */
export type ComponentRecord = z.infer<typeof ComponentRecord>;

const ProcessRecord = z.object({
  supervisor: z.object({ pid: z.number().int(), startTime: z.string() }).optional(),
  components: z.array(ComponentRecord),
});
/** The supervisor and all components. */
export type ProcessRecord = z.infer<typeof ProcessRecord>;

/** Tells whether the component's recorded process lives. */
function lives(component: ComponentRecord): boolean {
  const { pid, startTime } = component;
  return pid !== undefined && startTime !== undefined && isAlive({ pid, startTime });
}

/**
 * Reads the record, and corrects the state of each process that ended while no supervisor watched.
 */
export function readProcessRecord(files: StackFiles): ProcessRecord {
  const record = readJson(files.processes, ProcessRecord) ?? { components: [] };
  return {
    ...record,
    components: record.components.map((component) =>
      component.pid === undefined || lives(component)
        ? component
        : { ...component, state: 'exited', detail: component.detail ?? 'it ended while no supervisor watched' },
    ),
  };
}

/** Writes the record. */
export function writeProcessRecord(files: StackFiles, record: ProcessRecord): void {
  writeFileAtomically(files.processes, `${JSON.stringify(record, null, 2)}\n`, 0o600);
}
