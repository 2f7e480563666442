/** Builds the tree of commands, and runs one command line. */
import { Command, CommanderError, Option } from '@commander-js/extra-typings';
import { registerAdopt } from './commands/adopt.ts';
import { registerCampaign } from './commands/campaign.ts';
import { registerCanI } from './commands/can-i.ts';
import { registerCancel } from './commands/cancel.ts';
import { registerCluster } from './commands/cluster.ts';
import { registerClusters } from './commands/clusters.ts';
import { registerCompletion } from './commands/completion.ts';
import { registerContext } from './commands/context.ts';
import { registerLogin } from './commands/login.ts';
import { registerLogout } from './commands/logout.ts';
import { registerDeploy } from './commands/deploy.ts';
import { registerDeployments } from './commands/deployments.ts';
import { registerDiff } from './commands/diff.ts';
import { registerDoctor } from './commands/doctor.ts';
import { registerExceptions } from './commands/exceptions.ts';
import { registerDistribution } from './commands/distribution.ts';
import { registerDrill } from './commands/drill.ts';
import { registerFailback, registerFailover } from './commands/failover.ts';
import { registerGet } from './commands/get.ts';
import { registerHistory } from './commands/history.ts';
import { registerHotfix } from './commands/hotfix.ts';
import { registerInit } from './commands/init.ts';
import { registerJobs } from './commands/jobs.ts';
import { registerKill } from './commands/kill.ts';
import { registerLogs } from './commands/logs.ts';
import { registerNotify } from './commands/notify.ts';
import { registerOpen } from './commands/open.ts';
import { registerPrune } from './commands/prune.ts';
import { registerPlan } from './commands/plan.ts';
import { registerPublish } from './commands/publish.ts';
import { registerRecover } from './commands/recover.ts';
import { registerReleases } from './commands/releases.ts';
import { registerRender } from './commands/render.ts';
import { registerRestorePoints } from './commands/restore-points.ts';
import { registerRestart } from './commands/restart.ts';
import { registerResume } from './commands/resume.ts';
import { registerRollback } from './commands/rollback.ts';
import { registerSavepoint } from './commands/savepoint.ts';
import { registerSchema } from './commands/schema.ts';
import { registerStack } from './commands/stack.ts';
import { registerStatus } from './commands/status.ts';
import { registerStop } from './commands/stop.ts';
import { registerToken } from './commands/token.ts';
import { registerTransfer } from './commands/transfer.ts';
import { registerValidate } from './commands/validate.ts';
import { registerVersion } from './commands/version.ts';
import { registerWait } from './commands/wait.ts';
import { registerWhoami } from './commands/whoami.ts';
import { applyGlobalOptions, createContext, packageVersion, type CliContext, type Surroundings } from './context.ts';
import { exitCodes, UsageError } from './failures.ts';
import type { Output } from './output.ts';
import { report } from './report.ts';

const EXIT_CODES = `
Exit codes: 0 done · 1 failed, also rolled back · 2 usage · 3 timed out, still going · 4 busy or not allowed ·
            5 denied · 6 outcome unknown (ask again with the same --id)`;

/** Every command, in the order of the help. */
const commands: readonly ((parent: Command, context: CliContext) => void)[] = [
  registerJobs,
  registerStatus,
  registerDeploy,
  registerSavepoint,
  registerStop,
  registerKill,
  registerResume,
  registerRestart,
  registerRollback,
  registerHotfix,
  registerFailover,
  registerFailback,
  registerDrill,
  registerPlan,
  registerCancel,
  registerWait,
  registerHistory,
  registerDeployments,
  registerDiff,
  registerGet,
  registerRestorePoints,
  registerLogs,
  registerExceptions,
  registerReleases,
  registerPublish,
  registerPrune,
  registerInit,
  registerValidate,
  registerRender,
  registerAdopt,
  registerRecover,
  registerTransfer,
  registerDoctor,
  registerNotify,
  registerClusters,
  registerCluster,
  registerDistribution,
  registerCampaign,
  registerLogin,
  registerLogout,
  registerContext,
  registerToken,
  registerWhoami,
  registerCanI,
  registerOpen,
  registerStack,
  registerSchema,
  registerCompletion,
  registerVersion,
];

/** Runs one command line and returns its exit code. */
export async function runCli(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const { out } = surroundings;
  const program = createProgram(out);
  const context = createContext(surroundings, program);
  program.hook('preAction', (_program, command) => applyGlobalOptions(out, program, command.name()));
  for (const register of commands) register(program, context);
  try {
    // Without a command `--version` is ours; with one it belongs to the command (publish).
    const names = program.commands.map((command) => command.name());
    const alone = !argv.some((argument) => names.includes(argument));
    const words = argv.map((argument) => (alone && argument === '--version' ? '-V' : argument));
    await program.parseAsync(words, { from: 'user' });
    return context.exitCode;
  } catch (failure) {
    if (!(failure instanceof CommanderError)) return report(out, failure);
    if (failure.exitCode === 0) return exitCodes.done;
    // The parser has told people on stderr already, and stopped before it applied --output.
    if (failure.code !== HELP && wantsJson(argv)) {
      out.format = 'json';
      report(out, new UsageError(failure.message.replace(/^error: /, '')));
    }
    return exitCodes.usage;
  }
}

/** The parser's word for a command line without a command. */
const HELP = 'commander.help';

const wantsJson = (argv: readonly string[]): boolean => {
  const [last] = argv
    .flatMap((word, index) => {
      if (word === '-o' || word === '--output') return [argv[index + 1]];
      const joined = /^(?:--output=|-o=?)(.+)$/.exec(word)?.[1];
      return joined === undefined ? [] : [joined];
    })
    .slice(-1);
  return last === 'json';
};

/** Creates the program with its global options, which `context.ts` reads; commands do not depend on their types. */
const createProgram = (out: Output): Command =>
  new Command('sluice')
    .description('Durable deployments of Apache Flink jobs on YARN')
    .version(packageVersion(), '-V', 'print the version, as --version does')
    .option('--api <url>', 'address of the API (default: SLUICE_API, else the context, else the local stack)')
    .option('--context <name>', 'context to use (default: SLUICE_CONTEXT, else that of `sluice context use`)')
    .option(
      '--token <token>',
      'token (default: SLUICE_TOKEN, which no list of processes shows, else that of the context)',
    )
    .option('--actor <name>', 'your name in the history (default: SLUICE_ACTOR, else the user)')
    .addOption(
      new Option('-o, --output <format>', 'format of the results; `yaml` for `sluice get`').choices([
        'table',
        'json',
        'yaml',
      ] as const),
    )
    .option('--no-color', 'print without colours; NO_COLOR does the same')
    .addHelpText('after', EXIT_CODES)
    .showSuggestionAfterError()
    .showHelpAfterError('(add --help to see the commands and options)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => out.line(text.trimEnd()),
      writeErr: (text) => out.note(text.trimEnd()),
    });
