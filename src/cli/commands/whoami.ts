/** `sluice whoami`: says who asks, by the token. */
import type { Command } from '@commander-js/extra-typings';
import type { SessionBody } from '../../api/access-contract.ts';
import type { CliContext } from '../context.ts';
import { inWords } from './token.ts';

export function registerWhoami(program: Command, context: CliContext): void {
  program
    .command('whoami')
    .description('say who you are to Sluice, and with which roles')
    .action(async () => {
      const session = (await context.api().get('/session')) as SessionBody; // shape of the API
      context.out.result(session, () => {
        const { name, token, bindings } = session;
        context.out.line(`${name}${token === null ? '' : `, by token ${token}`}`);
        for (const binding of bindings) context.out.line(`  ${inWords(binding)}`);
      });
    });
}
