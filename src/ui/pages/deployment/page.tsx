/** A deployment: configuration, file, and what is different from another. */
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';

export default function DeploymentPage() {
  return (
    <Page title="Deployment">
      <Empty title="This page is still empty." />
    </Page>
  );
}
