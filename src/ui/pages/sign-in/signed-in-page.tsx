/** The end of a login in a tab of its own: it tells the tab that waits, and has done its work. */
import { useEffect } from 'react';
import { announceSession } from '../../api/session.ts';
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';

export default function SignedInPage() {
  useEffect(() => {
    void announceSession();
    window.close(); // of the tab that a page has opened; any other stays
  }, []);
  return (
    <Page title="Signed in">
      <Empty title="You are signed in. Close this tab and go on where you were." />
    </Page>
  );
}
