/** The id of the operation, and the pages of other systems about it. */
import { ExternalLink } from 'lucide-react';
import type { ReactNode } from 'react';
import { useRead } from '../../api/use-read.ts';
import { Id } from '../../parts/copy.tsx';
import { Fact, Facts } from '../../parts/data/facts.tsx';
import type { Shown } from './use-operation.ts';

export function Identity({ operation: { job, id, deployment: number }, job: body }: Shown) {
  const params = { job, number: String(number) };
  const { data } = useRead('/jobs/{job}/deployments/{number}', { params }, { enabled: number !== null });
  const made = data?.operationId === id ? data : null;
  // The links of a job lead to its current instance.
  const isCurrent = made !== null && body?.deployment?.applicationId === made.applicationId;
  return (
    <Facts>
      <Fact name="Operation">
        <Id value={id} of="id of the operation" />
      </Fact>
      <Fact name="Application">{made && <Id value={made.applicationId} of="application id" />}</Fact>
      <Fact name="Flink job">{made && <Id value={made.flinkJobId} of="id of the Flink job" />}</Fact>
      <Fact name="Temporal">{body?.links.temporal != null && <Out href={body.links.temporal}>workflow</Out>}</Fact>
      <Fact name="YARN">{isCurrent && body.links.yarn !== null && <Out href={body.links.yarn}>application</Out>}</Fact>
      <Fact name="Flink">{isCurrent && body.links.flink !== null && <Out href={body.links.flink}>web UI</Out>}</Fact>
    </Facts>
  );
}

const Out = ({ href, children }: { readonly href: string; readonly children: ReactNode }) => (
  <a href={href} target="_blank" rel="noreferrer">
    {children} <ExternalLink aria-label="in a new tab" />
  </a>
);
