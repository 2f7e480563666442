/** Options that choose the jobs of a campaign and bound it. */
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { campaignDefaults, campaignLimits } from '../../domain/campaign/kinds.ts';
import { adding, given } from '../shared-options.ts';

const collect = (text: string, before: readonly string[] | undefined): readonly string[] => [...(before ?? []), text];
const words = (text: string): readonly string[] => text.split(',').filter((word) => word !== '');
const namesOrCount = (text: string): number | readonly string[] => {
  if (/^\d+$/.test(text)) return Number(text);
  const names = words(text);
  // Such as an unset variable of a shell, behind which somebody expects canaries.
  if (names.length === 0) throw new InvalidArgumentError('It must be a count or names of jobs; 0 means no canaries.');
  return names;
};

/** Adds the options that choose jobs, as `sluice jobs` has them. */
export const withSelectorOptions = adding((command) =>
  command
    .addOption(new Option('-l, --label <key=value>', 'jobs with this label; repeat it for several').argParser(collect))
    .addOption(new Option('--jobs <patterns>', 'jobs of these names; * stands for any characters').argParser(words))
    .addOption(new Option('--environment <names>', 'jobs of these environments').argParser(words))
    .addOption(new Option('--cluster <names>', 'jobs on these clusters').argParser(words))
    .addOption(new Option('--owner <teams>', 'jobs of these teams').argParser(words))
    .addOption(new Option('--project <names>', 'jobs of these projects').argParser(words)),
);

/** Adds the limits of a campaign. */
export const withLimitOptions = adding((command) =>
  command
    .addOption(
      new Option(
        '--max-parallel <count>',
        `jobs that are under way at a time (default: ${campaignDefaults.maxParallel})`,
      ).argParser(countUpTo(campaignLimits.parallel)),
    )
    .addOption(
      new Option(
        '--canaries <count|names>',
        'how many jobs, or which ones, must succeed before any other is asked',
      ).argParser(namesOrCount),
    )
    .addOption(
      new Option(
        '--stop-after <count>',
        `failures after which no further job is asked (default: ${campaignDefaults.stopAfter})`,
      ).argParser(countUpTo(campaignLimits.jobs)),
    ),
);

const countUpTo =
  (most: number) =>
  (text: string): number => {
    const count = Number(text);
    if (/^\d{1,6}$/.test(text) && count >= 1 && count <= most) return count;
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`);
  };

interface SelectorAnswers {
  readonly label?: readonly string[] | undefined;
  readonly jobs?: readonly string[] | undefined;
  readonly environment?: readonly string[] | undefined;
  readonly cluster?: readonly string[] | undefined;
  readonly owner?: readonly string[] | undefined;
  readonly project?: readonly string[] | undefined;
}

export const selectorOf = ({ label, jobs, environment, cluster, owner, project }: SelectorAnswers): object =>
  given({ label, jobs, environment, cluster, owner, project });
