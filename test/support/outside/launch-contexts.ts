/** Changes of a launch context on its way to the ResourceManager: what `direct` sends, with a part of it left out. */
import { AGENT_PLUGIN } from '../../../src/launchers/agent.ts';
import { FIRST_ATTEMPT_ONLY } from '../../../src/launchers/launch-context.ts';

interface Entries<T> {
  readonly entry: readonly { readonly key: string; readonly value: T }[];
}

/** The parts of the body of `POST /ws/v1/cluster/apps` that tests change. */
interface Context {
  readonly 'max-app-attempts': number;
  readonly 'am-container-spec': {
    readonly 'local-resources': Entries<unknown>;
    readonly environment: Entries<string>;
    readonly commands: { readonly command: string };
  };
}

type Change = (body: string) => string;

const changed =
  (change: (context: Context) => Context): Change =>
  (body) => {
    const result = JSON.stringify(change(JSON.parse(body) as Context)); // Sluice wrote it
    if (result === body) throw new Error('the launch context has nothing that could be left out');
    return result;
  };

/** YARN localizes no plugin for the JobManager, which passes its own list of files on to the TaskManagers. */
export const withoutPluginInJobManager: Change = changed((context) => {
  const spec = context['am-container-spec'];
  const entry = spec['local-resources'].entry.filter(({ key }) => key !== AGENT_PLUGIN);
  return { ...context, 'am-container-spec': { ...spec, 'local-resources': { entry } } };
});

/** The list of files that Flink gives to TaskManagers lacks the plugin. */
export const withoutPluginInTaskManagers: Change = changed((context) => {
  const spec = context['am-container-spec'];
  const without = (files: string): string =>
    files
      .split(';')
      .filter((file) => !file.includes(`'resourceKey':'${AGENT_PLUGIN}'`))
      .join(';');
  const entry = spec.environment.entry.map(({ key, value }) => ({
    key,
    value: key === '_CLIENT_SHIP_FILES' ? without(value) : value,
  }));
  return { ...context, 'am-container-spec': { ...spec, environment: { entry } } };
});

/** YARN makes a second attempt when the first one ends. */
export const withSecondAttempt: Change = changed((context) => ({ ...context, 'max-app-attempts': 2 }));

/** Leaves a second attempt to the gate: the command does not look at the number of the attempt. */
export const withSecondAttemptByTheGate: Change = (body) =>
  changed((context) => {
    const spec = context['am-container-spec'];
    const command = spec.commands.command.replace(`${FIRST_ATTEMPT_ONLY} `, '');
    if (command === spec.commands.command) throw new Error('the command looks at no attempt');
    return { ...context, 'am-container-spec': { ...spec, commands: { command } } };
  })(withSecondAttempt(body));
