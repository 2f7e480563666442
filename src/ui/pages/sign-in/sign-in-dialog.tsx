/** The login over a page whose session has ended: the page stays as it is, with all that was typed. */
import { markSignedOut } from '../../api/connection.ts';
import { useSession } from '../../api/session.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { SignInForm } from './sign-in-form.tsx';

export function SignInDialog() {
  const { data: session } = useSession();
  const isStranger = session?.method === 'anonymous';
  return (
    <Dialog
      title={isStranger ? 'Sign in' : 'Your session has ended'}
      onClose={isStranger ? () => markSignedOut(false) : null}
    >
      {!isStranger && <p>Sign in again: nothing of the page is lost.</p>}
      <SignInForm staysHere />
    </Dialog>
  );
}
