/** An operation: who asked for what and why, how far it came, what it brought, and what is left of what failed. */
import { Link, useParams } from 'wouter';
import type { OperationItem } from '../../../api/contract.ts';
import { releaseOf } from '../../../domain/operation/in-words.ts';
import { OutcomeBadge, Tag } from '../../parts/data/badge.tsx';
import { Page } from '../../parts/page.tsx';
import { Loaded, Panel } from '../../parts/panel.tsx';
import { Actions } from './actions.tsx';
import { Brought } from './brought.tsx';
import { Evidence } from './evidence.tsx';
import { Course } from './course.tsx';
import { Identity } from './identity.tsx';
import { Request } from './request.tsx';
import { Story } from './story.tsx';
import { useOperation, type Shown } from './use-operation.ts';
import './operation.css';

export default function OperationPage() {
  const { job: name, id } = useParams<{ job: string; id: string }>();
  const { operation: query, job, isHolder } = useOperation(name, id);
  const { data } = query;
  return (
    <Page
      title={data ? `${data.kind} of ${name}` : `Operation of ${name}`}
      trail={[
        ['Jobs', '/jobs'],
        [name, `/jobs/${name}`],
        ['History', `/jobs/${name}/history`],
      ]}
      about={data && <About operation={data} />}
      actions={data && <Actions operation={data} job={job} isHolder={isHolder} />}
    >
      <Loaded query={query} rows={8}>
        {(operation) => <Content operation={operation} job={job} isHolder={isHolder} />}
      </Loaded>
    </Page>
  );
}

function About({ operation }: { readonly operation: OperationItem }) {
  const release = releaseOf(operation);
  const [project, version] = release?.split('/') ?? [];
  return (
    <>
      <OutcomeBadge outcome={operation.outcome} />
      {project !== undefined && version !== undefined && (
        <Tag>
          <Link href={`/releases/${project}/${version}`}>{release}</Link>
        </Tag>
      )}
    </>
  );
}

function Content({ operation, job, isHolder }: Shown) {
  const shown = { operation, job, isHolder };
  return (
    <div className="operation">
      <Story {...shown} />
      <div className="operation-main">
        {operation.phases.length > 0 && <Course {...shown} />}
        <Brought operation={operation} />
        {operation.endedAt !== null && <Evidence operation={operation} />}
      </div>
      <div className="operation-side">
        <Panel title="Request">
          <Request operation={operation} />
        </Panel>
        <Panel title="Ids and links">
          <Identity {...shown} />
        </Panel>
      </div>
    </div>
  );
}
