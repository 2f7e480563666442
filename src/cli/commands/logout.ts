/** `sluice logout`: ends the session of the context. */
import type { Command } from '@commander-js/extra-typings';
import { actorFromEnvironment, contextsFileFromEnvironment } from '../../config.ts';
import { ApiClient } from '../api-client.ts';
import type { CliContext } from '../context.ts';
import { contextNamed, readContexts, writeContexts } from '../installation/contexts.ts';
import { ApiProblem, UsageError } from '../failures.ts';

export function registerLogout(program: Command, context: CliContext): void {
  program
    .command('logout')
    .description('end the session of the context, on every API of the installation')
    .option('--everywhere', 'end all of your sessions there, also those in browsers')
    .action(async ({ everywhere = false }) => {
      const { context: name } = context.target();
      const file = contextsFileFromEnvironment();
      const contexts = readContexts(file);
      const found = name === null ? null : contextNamed(contexts, name);
      if (name === null || !found?.session)
        throw new UsageError('There is no session to end: nobody has logged in here');
      const { session, ...rest } = found;
      const api = new ApiClient(found.api, actorFromEnvironment(), { token: session.text });
      await end(api, everywhere);
      writeContexts(file, { ...contexts, contexts: { ...contexts.contexts, [name]: rest } });
      context.out.result({ context: name, everywhere }, () => context.out.line(`Logged out of ${name}.`));
    });
}

/** A session that has ended by itself is no failure. A silent API is: the session would go on. */
async function end(api: ApiClient, everywhere: boolean): Promise<void> {
  try {
    await api.post('/logout', { everywhere });
  } catch (failure) {
    if (!(failure instanceof ApiProblem && failure.problem.status === 401)) throw failure;
  }
}
