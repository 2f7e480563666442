/** The tokens of the installation: who has which rights, since when, and when they were used. */
import { useState } from 'react';
import type { TokenItem } from '../../../api/access-contract.ts';
import { useSilence } from '../../api/permissions.ts';
import { useSession } from '../../api/session.ts';
import { useRead } from '../../api/use-read.ts';
import { Button } from '../../parts/button.tsx';
import { Tag } from '../../parts/data/badge.tsx';
import { Table } from '../../parts/data/table.tsx';
import { Time } from '../../parts/data/time.tsx';
import { Loaded, Panel } from '../../parts/panel.tsx';
import { bindingText } from './binding-text.ts';
import { NewTokenDialog } from './new-token-dialog.tsx';
import { RevokeDialog } from './revoke-dialog.tsx';

const HEAD = ['Name', 'Rights', 'Made', 'Expires', 'Last used', 'Revoke'];
const EVERY_MS = 30_000;

export function TokensTab() {
  const silence = useSilence();
  const query = useRead('/tokens', {}, { everyMs: EVERY_MS });
  const [open, setOpen] = useState<'new' | TokenItem | null>(null);
  const close = (): void => setOpen(null);
  return (
    <Panel
      title="Tokens"
      aside={
        query.data && (
          <Button look="primary" whyNot={silence} onClick={() => setOpen('new')}>
            New token…
          </Button>
        )
      }
    >
      <Loaded query={query}>
        {({ items }) => (
          <Table label="Tokens of the installation" head={HEAD}>
            {[...items].sort(newestFirst).map((token) => (
              <TokenLine key={token.id} token={token} onRevoke={() => setOpen(token)} />
            ))}
          </Table>
        )}
      </Loaded>
      {open === 'new' && <NewTokenDialog onClose={close} />}
      {open !== null && open !== 'new' && <RevokeDialog token={open} onClose={close} />}
    </Panel>
  );
}

const newestFirst = (a: TokenItem, b: TokenItem): number => Date.parse(b.createdAt) - Date.parse(a.createdAt);

function TokenLine({ token, onRevoke }: { readonly token: TokenItem; readonly onRevoke: () => void }) {
  const silence = useSilence();
  const { data: session } = useSession();
  const { id, name, bindings, createdAt, createdBy, expiresAt, lastUsedAt } = token;
  return (
    <tr>
      <th scope="row">
        {name} {session?.token === id && <Tag tone="good">yours now</Tag>}
        <br />
        <code className="muted">{id}</code>
      </th>
      <td>
        {bindings.map((binding) => (
          <p key={bindingText(binding)}>{bindingText(binding)}</p>
        ))}
      </td>
      <td>
        <Time at={createdAt} /> {createdBy === null ? 'at the first start' : `by ${createdBy}`}
      </td>
      <td>
        <Time at={expiresAt} as="moment" none="never" />
      </td>
      <td>
        <Time at={lastUsedAt} none="no use noted" />
      </td>
      <td>
        <Button look="danger" label={`Revoke ${name}`} whyNot={silence} onClick={onRevoke}>
          Revoke…
        </Button>
      </td>
    </tr>
  );
}
