/** An operation: phases, steps, error, cause, evidence. */
import { Page } from '../../parts/page.tsx';
import { Empty } from '../../parts/states.tsx';

export default function OperationPage() {
  return (
    <Page title="Operation">
      <Empty title="This page is still empty." />
    </Page>
  );
}
