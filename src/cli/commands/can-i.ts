/** `sluice can-i`: says what the token may do, or whether it may do one thing. */
import type { Command } from '@commander-js/extra-typings';
import type { SessionBody } from '../../api/access-contract.ts';
import type { CliContext } from '../context.ts';
import { exitCodes, UsageError } from '../failures.ts';
import { exampleOf } from '../shared-options.ts';

export function registerCanI(program: Command, context: CliContext): void {
  program
    .command('can-i')
    .description('say what you may do; with a permission, exit with 5 when you may not')
    .argument('[permission]', 'one permission, such as deploy')
    .argument('[job]', 'for this job; without it, for the installation')
    .addHelpText('after', exampleOf('sluice can-i deploy clicks-prod', 'sluice can-i'))
    .action(async (permission, job) => {
      const session = (await context.api().get('/session', { job })) as SessionBody; // shape of the API
      const { permissions } = session;
      if (permission === undefined) {
        context.out.result(permissions, () => show(context, permissions));
        return;
      }
      const asked = permissions.find((one) => one.permission === permission);
      if (!asked) {
        const known = permissions.map((one) => one.permission).join(', ');
        const where = job === undefined ? 'the installation; name a job for the others' : 'a job';
        throw new UsageError(`${permission} is no permission about ${where}: ${known}`);
      }
      context.out.result(asked, () => context.out.line(asked.allowed ? 'yes' : `no: it takes the role ${asked.role}`));
      if (!asked.allowed) context.exitCode = exitCodes.denied;
    });
}

const show = ({ out }: CliContext, permissions: SessionBody['permissions']): void =>
  out.table(
    ['PERMISSION', 'MAY', 'ROLE', 'MEANING'],
    permissions.map(({ permission, allowed, role, meaning }) => [permission, allowed ? 'yes' : 'no', role, meaning]),
  );
