/** The releases of all projects, newest first. */
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';

export default function ReleasesPage() {
  return (
    <Page title="Releases">
      <Empty title="This page is still empty." />
    </Page>
  );
}
