/** Launches a job in five steps: release, values, start from, plan, confirm. */
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';

export default function LaunchPage() {
  return (
    <Page title="Launch">
      <Empty title="This page is still empty." />
    </Page>
  );
}
