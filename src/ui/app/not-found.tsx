import { Link } from 'wouter';
import { Page } from '../parts/page.tsx';
import { Empty } from '../parts/states.tsx';

export const NotFound = () => (
  <Page title="No such page">
    <Empty title="The console has no page at this address.">
      <p>
        <Link href="/jobs">Go to the jobs</Link>
      </p>
    </Empty>
  </Page>
);
