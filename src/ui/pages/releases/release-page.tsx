/** A release: its files, and its jobs with what each runs now. */
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';

export default function ReleasePage() {
  return (
    <Page title="Release">
      <Empty title="This page is still empty." />
    </Page>
  );
}
