/** `sluice prune`: removes releases that nothing needs. */
import { InvalidArgumentError, type Command } from '@commander-js/extra-typings';
import type { Pruned } from '../../releases/prune.ts';
import { parseDuration } from '../../domain/input/durations.ts';
import { confirm } from '../confirm.ts';
import type { CliContext } from '../context.ts';
import { UsageError } from '../failures.ts';
import { openBucket, withBucketOptions } from '../releases/open-bucket.ts';

export function registerPrune(program: Command, context: CliContext): void {
  const { out } = context;
  const command = program
    .command('prune')
    .description('remove releases that nothing needs: retire them first, delete them a day later')
    .option('--project <name>', 'only releases of this project')
    .option('--keep <count>', 'keep this many releases of each project, the newest', countOf, 50)
    .option('--max-age <duration>', 'keep releases younger than this', '180d')
    .option('--dry-run', 'only print what would be removed')
    .option('-y, --yes', 'do not ask for confirmation');
  withBucketOptions(command).action(async (options) => {
    const { pruneReleases } = await import('../../releases/prune.ts');
    const bucket = await openBucket(options);
    const request = { keep: { count: options.keep, maxAge: ageOf(options.maxAge) }, project: options.project };
    const { dryRun = false, yes = false } = options;
    if (!dryRun && !yes) await confirmAll(context, await pruneReleases(bucket, { ...request, dryRun: true }));
    const pruned = await pruneReleases(bucket, { ...request, dryRun });
    out.result({ dryRun, releases: pruned }, () => show(context, pruned, dryRun));
  });
}

const goes = ({ did }: Pruned): boolean => did !== 'kept';

async function confirmAll({ out, ask }: CliContext, planned: readonly Pruned[]): Promise<void> {
  if (!planned.some(goes)) return;
  if (ask === null)
    throw new UsageError('there is no terminal to confirm on: give --yes, or --dry-run to see what would be removed');
  for (const { name, did, reason } of planned.filter(goes)) out.note(`  ${name} would be ${inWords[did]}: ${reason}`);
  await confirm(ask, 'Go on?', 'nothing was done');
}

const inWords = { kept: 'kept', retired: 'retired', removed: 'removed', broughtBack: 'brought back' } as const;

function show({ out }: CliContext, pruned: readonly Pruned[], dryRun: boolean): void {
  const changed = pruned.filter(goes);
  const would = dryRun ? 'would be ' : '';
  for (const { name, did, reason } of changed) out.line(`${name} ${would}${inWords[did]}: ${reason}`);
  out.line(`${pruned.length - changed.length} releases stay`);
}

function countOf(text: string): number {
  if (/^\d{1,6}$/.test(text) && Number(text) >= 1) return Number(text);
  throw new InvalidArgumentError('It must be a whole number from 1.');
}

function ageOf(text: string): number {
  const age = parseDuration(text);
  if (age !== null) return age;
  throw new UsageError(`--max-age must be a duration such as 180d or 12h, not ${text}`);
}
