/** `sluice whoami`: says who asks, by the token or login. */
import type { Command } from '@commander-js/extra-typings';
import type { SessionBody } from '../../api/access-contract.ts';
import type { CliContext } from '../context.ts';
import { time } from '../show.ts';
import { inWords } from './token.ts';

const ways: Readonly<Record<SessionBody['method'], string>> = {
  token: 'token',
  session: 'login',
  jwt: 'token of the identity provider',
  proxy: 'the trusted proxy',
  anonymous: 'nothing',
};

export function registerWhoami(program: Command, context: CliContext): void {
  program
    .command('whoami')
    .description('say who you are to Sluice, and with which roles')
    .action(async () => {
      const session = (await context.api().get('/session')) as SessionBody; // shape of the API
      context.out.result(session, () => {
        const { name, token, method, bindings, groups, expiresAt } = session;
        const until = expiresAt === null ? '' : ` until ${time(expiresAt)}`;
        context.out.line(`${name}${token === null ? `, by ${ways[method]}${until}` : `, by token ${token}`}`);
        if (groups.length > 0) context.out.line(`  groups: ${groups.join(', ')}`);
        if (bindings.length === 0) context.out.line('  no role: no group of yours has one here');
        for (const binding of bindings) context.out.line(`  ${inWords(binding)}`);
      });
    });
}
