/** `sluice notify channels|test`: the channels by which people are notified, for admins. */
import type { Command } from '@commander-js/extra-typings';
import type { Page } from '../../api/contract.ts';
import type { ChannelItem, ChannelTested } from '../../api/notification-contract.ts';
import type { CliContext } from '../context.ts';
import { exitCodes } from '../failures.ts';
import { exampleOf } from '../shared-options.ts';
import { time } from '../show.ts';

const COLUMNS = ['NAME', 'KIND', 'LEAST', 'WAITING', 'LAST SUCCESS', 'LAST FAILURE'];

export function registerNotify(program: Command, context: CliContext): void {
  const notify = program.command('notify').description('see and test the channels of notifications; for admins');
  notify
    .command('channels')
    .description('list the channels, with their last deliveries')
    .action(async () => {
      const { out } = context;
      const page = await context.api().page<ChannelItem>('/notifications');
      out.result(page, () => show(context, page));
    });
  notify
    .command('test')
    .description('send a test message by a channel, from a worker')
    .argument('<channel>', 'name of the channel, as `sluice notify channels` shows it')
    .addHelpText('after', exampleOf('sluice notify test ads-slack'))
    .action(async (channel) => {
      const tested = (await context.api().post('/notifications/test', { channel })) as ChannelTested; // shape of the API
      const { delivered, reason } = tested;
      context.out.result(tested, () =>
        context.out.line(`Channel ${channel} ${delivered ? 'took' : 'did not take'} the test message.`),
      );
      if (delivered) return;
      context.out.note(reason ?? '');
      context.exitCode = exitCodes.failed;
    });
}

function show({ out }: CliContext, { items }: Page<ChannelItem>): void {
  out.table(COLUMNS, items.map(cells));
  for (const { name, dropped } of items)
    if (dropped !== null)
      out.note(`${name}: ${dropped.notices} notices were never told, the last at ${dropped.at}: ${dropped.reason}`);
}

const cells = ({ name, kind, severity, waiting, lastSuccessAt, lastFailure }: ChannelItem): string[] => [
  name,
  kind,
  severity,
  String(waiting),
  time(lastSuccessAt),
  lastFailure === null ? '-' : `${time(lastFailure.at)} ${lastFailure.reason}`,
];
