/** The clusters, and one of them. */
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';

export default function ClustersPage() {
  return (
    <Page title="Clusters">
      <Empty title="This page is still empty." />
    </Page>
  );
}
