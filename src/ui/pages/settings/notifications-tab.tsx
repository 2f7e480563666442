/** The channels by which people are notified: how their last deliveries went, and a test message. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ChannelItem, ChannelTested } from '../../../api/notification-contract.ts';
import { send } from '../../api/client.ts';
import { useSilence } from '../../api/permissions.ts';
import { readQuery, useRead } from '../../api/use-read.ts';
import { Button } from '../../parts/button.tsx';
import { Badge, Tag } from '../../parts/data/badge.tsx';
import { Table } from '../../parts/data/table.tsx';
import { Time } from '../../parts/data/time.tsx';
import { Loaded, Panel } from '../../parts/panel.tsx';
import { Empty, ProblemNote } from '../../parts/states.tsx';

const HEAD = ['Channel', 'Tells', 'Waiting', 'Last success', 'Last failure', 'Test'];
const EVERY_MS = 15_000;
/** A worker may wait for the receiver of the message. */
const TEST_MS = 30_000;

export function NotificationsTab() {
  const query = useRead('/notifications', {}, { everyMs: EVERY_MS });
  return (
    <Panel title="Notifications">
      <Loaded query={query}>
        {({ items, lookedAt }) =>
          items.length === 0 ? (
            <Empty title="No channel is configured.">
              Name channels in <code>notifications</code> of the configuration, and people hear of failed jobs there.
            </Empty>
          ) : (
            <>
              <p className="muted">
                The notifier looked last <Time at={lookedAt} none="never" />.
              </p>
              <Table label="Channels" head={HEAD}>
                {items.map((channel) => (
                  <ChannelLine key={channel.name} channel={channel} />
                ))}
              </Table>
            </>
          )
        }
      </Loaded>
    </Panel>
  );
}

function ChannelLine({ channel }: { readonly channel: ChannelItem }) {
  const { name, kind, host, severity, contacts, waiting, nextAttemptAt, lastSuccessAt, lastFailure, dropped } = channel;
  return (
    <tr>
      <th scope="row">
        {name} <Tag>{kind}</Tag>
        <br />
        <span className="muted">{[host ?? 'address in a file', ...contacts].join(', ')}</span>
      </th>
      <td>{severity === 'info' ? 'everything' : severity === 'warning' ? 'warnings and worse' : 'critical only'}</td>
      <td>
        {waiting}
        {nextAttemptAt !== null && (
          <>
            , again <Time at={nextAttemptAt} />
          </>
        )}
      </td>
      <td>
        <Time at={lastSuccessAt} none="never" />
      </td>
      <td>
        {lastFailure === null ? (
          'none'
        ) : (
          <>
            <Time at={lastFailure.at} /> {lastFailure.reason}
          </>
        )}
        {dropped !== null && (
          <p>
            {dropped.notices} never told, the last <Time at={dropped.at} />: {dropped.reason}
          </p>
        )}
      </td>
      <td>
        <TestChannel name={name} />
      </td>
    </tr>
  );
}

function TestChannel({ name }: { readonly name: string }) {
  const silence = useSilence();
  const client = useQueryClient();
  const test = useMutation({
    mutationFn: async () =>
      (await send('/notifications/test', {
        method: 'POST',
        body: { channel: name },
        withinMs: TEST_MS,
      })) as ChannelTested, // the contract
    onSettled: () => client.invalidateQueries({ queryKey: readQuery('/notifications', {}).queryKey }),
  });
  return (
    <>
      <Button label={`Test ${name}`} isBusy={test.isPending} whyNot={silence} onClick={() => test.mutate()}>
        Test
      </Button>
      {test.error !== null && <ProblemNote failure={test.error} />}
      <span role="status">{test.data && <Outcome tested={test.data} />}</span>
    </>
  );
}

const Outcome = ({ tested: { delivered, reason } }: { readonly tested: ChannelTested }) =>
  delivered ? (
    <Badge tone="good" symbol="check">
      taken
    </Badge>
  ) : (
    <Badge tone="bad" symbol="cross">
      {reason}
    </Badge>
  );
