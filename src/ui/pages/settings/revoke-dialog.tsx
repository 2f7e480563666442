/** Revokes a token: nobody can bring it back. */
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { TokenItem } from '../../../api/access-contract.ts';
import { send } from '../../api/client.ts';
import { pathOf } from '../../api/reads.ts';
import { useSession } from '../../api/session.ts';
import { announce } from '../../parts/announce.tsx';
import { Button } from '../../parts/button.tsx';
import { Time } from '../../parts/data/time.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { ProblemNote } from '../../parts/states.tsx';

export function RevokeDialog({ token, onClose }: { readonly token: TokenItem; readonly onClose: () => void }) {
  const { id, name, lastUsedAt } = token;
  const client = useQueryClient();
  const { data: session } = useSession();
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => send(pathOf('/tokens/{id}', { id }), { method: 'DELETE' }),
    onSuccess() {
      announce(`${name} is revoked`);
      onClose();
    },
    onSettled: () => void client.invalidateQueries({ queryKey: ['/tokens'] }),
  });
  return (
    <Dialog
      title={`Revoke ${name}`}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" isBusy={isPending} onClick={() => mutate()}>
            Revoke the token
          </Button>
        </>
      }
    >
      {error !== null && <ProblemNote failure={error} />}
      <p>
        Within seconds every API of the installation refuses it. It was last used{' '}
        <Time at={lastUsedAt} none="at no time that was noted" />.
      </p>
      {session?.token === id && (
        <p className="note tone-warn">You are signed in with it, and will have to sign in again.</p>
      )}
    </Dialog>
  );
}
