/** `sluice context add|use|list|remove`: the installations that a person uses, by name. */
import type { Command } from '@commander-js/extra-typings';
import { contextsFileFromEnvironment, tokenFromEnvironment } from '../../config.ts';
import type { CliContext } from '../context.ts';
import {
  contextNamed,
  parseContextName,
  readContexts,
  withContext,
  writeContexts,
  type Context,
} from '../installation/contexts.ts';
import { UsageError } from '../failures.ts';
import { exampleOf, given } from '../shared-options.ts';
import { orDash, time } from '../show.ts';

export function registerContext(program: Command, context: CliContext): void {
  const command = program.command('context').description('name the installations that you use, and choose one');
  registerAdd(program, command, context);
  registerList(command, context);
  command
    .command('use')
    .description('choose the context of commands that name none')
    .argument('<name>')
    .action((name) => {
      const file = contextsFileFromEnvironment();
      const contexts = readContexts(file);
      const { api } = contextNamed(contexts, name);
      writeContexts(file, { ...contexts, current: name });
      context.out.result({ name, api }, () => context.out.line(`Commands now go to ${name} (${api}).`));
    });
  command
    .command('remove')
    .description('forget a context and its secrets; `sluice logout` first ends its session')
    .argument('<name>')
    .action((name) => {
      const file = contextsFileFromEnvironment();
      const contexts = readContexts(file);
      contextNamed(contexts, name);
      const { [name]: _removed, ...rest } = contexts.contexts;
      writeContexts(file, {
        ...contexts,
        current: contexts.current === name ? null : contexts.current,
        contexts: rest,
      });
      context.out.result({ name, removed: true }, () => context.out.line(`Context ${name} is removed.`));
    });
}

function registerAdd(program: Command, command: Command, context: CliContext): void {
  command
    .command('add')
    .description('add a context; the first one is used at once')
    .argument('<name>', 'such as prod')
    .argument('<url>', 'address of the API')
    .option('--keep-token', 'keep the token of --token or SLUICE_TOKEN in it')
    .addHelpText('after', exampleOf('sluice context add prod https://sluice.example.com', 'sluice login'))
    .action((name, url, { keepToken = false }) => {
      const file = contextsFileFromEnvironment();
      const contexts = readContexts(file);
      parseContextName(name);
      if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
        throw new UsageError(`${url} is no address such as https://sluice.example.com`);
      if (Object.hasOwn(contexts.contexts, name))
        throw new UsageError(`There is a context ${name} already: remove it first`);
      const { token = tokenFromEnvironment() } = program.opts() as { readonly token?: string }; // program.ts declares it
      if (keepToken && token === undefined)
        throw new UsageError('There is no token to keep: give --token or SLUICE_TOKEN');
      writeContexts(file, withContext(contexts, name, { api: url, ...(keepToken ? given({ token }) : {}) }));
      context.out.result({ name, api: url }, () => context.out.line(`Context ${name} is ${url}.`));
    });
}

function registerList(command: Command, context: CliContext): void {
  command
    .command('list')
    .description('list the contexts, without their secrets')
    .action(() => {
      const { contexts, current } = readContexts(contextsFileFromEnvironment());
      const items = Object.entries(contexts).map(([name, one]) => itemOf(name, one, current));
      context.out.result({ items }, () =>
        context.out.table(
          ['', 'NAME', 'API', 'AS', 'UNTIL'],
          items.map(({ current: isCurrent, name, api, as, until }) => [
            isCurrent ? '*' : '',
            name,
            api,
            orDash(as),
            until === null ? '-' : time(until),
          ]),
        ),
      );
    });
}

const itemOf = (name: string, { api, session, token }: Context, current: string | null) => ({
  name,
  api,
  current: name === current,
  as: session?.name ?? (token === undefined ? null : 'a token'),
  until: session?.expiresAt ?? null,
});
