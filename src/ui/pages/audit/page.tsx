/** Settings of this browser; tokens and the audit log for admins. */
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';

export default function SettingsPage() {
  return (
    <Page title="Settings">
      <Empty title="This page is still empty." />
    </Page>
  );
}
