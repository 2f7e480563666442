/** `sluice stack`: runs the local stack, as `npm run stack` does. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Argument, type Command } from '@commander-js/extra-typings';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failures.ts';
import { packageRoot } from '../installation/target.ts';

export function registerStack(program: Command, context: CliContext): void {
  program
    .command('stack')
    .description('bring the local stack up or down, or show it')
    .addArgument(new Argument('<action>', 'action on the stack').choices(['up', 'down', 'status', 'prepare'] as const))
    .option('--clusters <count>', 'with up: how many YARN clusters, 1 or 2')
    .option('--json', 'with status: everything as JSON')
    .action(async (action, { clusters, json }) => {
      if (!existsSync(join(packageRoot, 'stack'))) {
        throw new UsageError('The local stack is part of the repository, and this command was installed without it');
      }
      const args = ['run', '--silent', 'stack', '--', action];
      if (clusters !== undefined) args.push('--clusters', clusters);
      if (json === true || context.out.format === 'json') args.push('--json');
      context.exitCode = await new Promise<number>((resolve, reject) => {
        const child = spawn('npm', args, { cwd: packageRoot, stdio: 'inherit' });
        child.on('error', reject);
        child.on('exit', (code) => resolve(code ?? 1));
      });
    });
}
