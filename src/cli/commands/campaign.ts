/** `sluice campaign`: one kind of operation over many jobs. */
import { Argument, Option, type Command } from '@commander-js/extra-typings';
import type { CampaignCommandBody, CampaignListItem } from '../../api/campaign-contract.ts';
import { campaignKinds } from '../../domain/campaign/kinds.ts';
import { campaignCommands, type CampaignCommand } from '../../domain/campaign/transitions.ts';
import { StopWith } from '../../domain/operation/operation.ts';
import { keysOf } from '../../domain/values/keys-of.ts';
import { seg } from '../api-client.ts';
import { selectorOf, withLimitOptions, withSelectorOptions } from '../campaigns/campaign-options.ts';
import { beginCampaign, readCampaign, show, watchCampaign } from '../campaigns/follow-campaign.ts';
import { showList } from '../campaigns/show-campaign.ts';
import type { CliContext } from '../context.ts';
import { noteRest, withPageOptions } from '../list-options.ts';
import { withBeginOptions } from '../campaigns/begin-options.ts';
import { exampleOf, given } from '../shared-options.ts';

export function registerCampaign(program: Command, context: CliContext): void {
  const campaign = program.command('campaign').description('ask many jobs for one kind of operation');
  registerStart(campaign, context);
  withPageOptions(campaign.command('list').description('list the campaigns, newest first')).action(async (options) => {
    const { out } = context;
    const page = await context.api().page<CampaignListItem>('/campaigns', given(options));
    out.result(page, () => {
      if (page.items.length === 0) out.line('No campaigns. Begin one: sluice campaign start restart -l tier=1');
      else showList(out, page.items);
      noteRest(out, page);
    });
  });
  campaign
    .command('status')
    .description('show a campaign: what became of each job, and its history')
    .argument('<id>', 'id of the campaign, as `sluice campaign list` shows it')
    .option('-w, --watch', 'refresh until it is over; its end is the exit code')
    .action(async (id, { watch }) => {
      if (watch === true) await watchCampaign(context, id);
      else show(context, await readCampaign(context, id));
    });
  for (const command of campaignCommands) registerCommand(campaign, context, command);
}

function registerStart(campaign: Command, context: CliContext): void {
  const command = campaign
    .command('start')
    .description('begin a campaign, after a look at its plan')
    .addArgument(new Argument('<kind>', 'what is asked of each job').choices(keysOf(campaignKinds)))
    .option('--release <version>', 'upgrade: the version (default: the newest release of each project)')
    .option('--to <cluster>', 'move: the cluster (default: the first of each file that takes starts)')
    .addOption(new Option('--stop-with <way>', 'restart, upgrade: how to stop each job').choices(StopWith.options))
    .addHelpText(
      'after',
      exampleOf(
        'sluice campaign start restart -l tier=1 --max-parallel 5 --canaries 2 --stop-after 3',
        'sluice campaign start upgrade --project clicks --release 1.4.2 --dry-run',
      ),
    );
  withBeginOptions(withLimitOptions(withSelectorOptions(command))).action(async (kind, options) => {
    const { release, to, stopWith, maxParallel, canaries, stopAfter, reason } = options;
    const body = {
      kind,
      selector: selectorOf(options),
      ...given({ release, to, stopWith, maxParallel, canaries, stopAfter, reason }),
    };
    await beginCampaign(context, { path: '/campaigns', body, kind, options });
  });
}

const meanings: Readonly<Record<CampaignCommand, string>> = {
  pause: 'ask no further job until it is resumed; what is under way goes on',
  resume: 'go on with a campaign that was paused',
  stop: 'ask no further job for good; what is under way goes on',
};

function registerCommand(campaign: Command, context: CliContext, command: CampaignCommand): void {
  campaign
    .command(command)
    .description(meanings[command])
    .argument('<id>', 'id of the campaign')
    .option('--reason <text>', 'reason, shown in its history')
    .action(async (id, { reason }) => {
      const path = `/campaigns/${seg(id)}/${command}`;
      const answer = (await context.api().post(path, given({ reason }))) as CampaignCommandBody; // shape of the API
      context.out.result(answer, () => context.out.line(`Campaign ${id} is ${answer.campaign.state}.`));
    });
}
