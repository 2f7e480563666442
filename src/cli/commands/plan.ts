/** `sluice plan`: shows what an operation would do. Its commands are the ordinary ones, with the same options. */
import type { Command } from '@commander-js/extra-typings';
import type { CliContext } from '../context.ts';
import { registerDeploy } from './deploy.ts';
import { registerFailback, registerFailover } from './failover.ts';
import { registerHotfix } from './hotfix.ts';
import { registerKill } from './kill.ts';
import { registerRestart } from './restart.ts';
import { registerResume } from './resume.ts';
import { registerRollback } from './rollback.ts';
import { registerSavepoint } from './savepoint.ts';
import { registerStop } from './stop.ts';
import { registerTransfer } from './transfer.ts';

export function registerPlan(program: Command, context: CliContext): void {
  const plan = program
    .command('plan')
    .description(
      'show what an operation would do, and every reason to refuse it: sluice plan deploy clicks-dev clicks/1.4.2',
    )
    .addHelpText(
      'after',
      '\nExit codes: 0 it would be done · 1 it would be refused; each command takes its own options',
    )
    .hook('preAction', () => void (context.isPlanning = true));
  const parent = plan; // as in program.ts
  for (const register of [
    registerDeploy,
    registerResume,
    registerRestart,
    registerRollback,
    registerHotfix,
    registerFailover,
    registerFailback,
    registerSavepoint,
    registerStop,
    registerKill,
    registerTransfer,
  ]) {
    register(parent, context);
  }
}
