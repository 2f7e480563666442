/** The operations of all jobs, those in progress first. */
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';

export default function ActivityPage() {
  return (
    <Page title="Activity">
      <Empty title="This page is still empty." />
    </Page>
  );
}
