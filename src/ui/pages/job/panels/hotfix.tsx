/** The hotfix of a job: what the file declares, what applies instead, who wanted it, and until when. */
import { Link } from 'wouter';
import type { JobBody } from '../../../../api/contract.ts';
import { valueTexts } from '../../../../domain/hotfix/value-texts.ts';
import { ActionButton } from '../../../parts/action/actions.tsx';
import { Table } from '../../../parts/data/table.tsx';
import { Time } from '../../../parts/data/time.tsx';
import { Panel } from '../../../parts/panel.tsx';

type HotfixOf = NonNullable<JobBody['hotfix']>;

export function Hotfix({ job, hotfix }: { readonly job: JobBody; readonly hotfix: HotfixOf }) {
  const { actor, reason, at, expiresAt, onExpiry, operationId } = hotfix;
  return (
    <Panel title="Hotfix" aside={<ActionButton job={job} kind="revertHotfix" />}>
      <Table label="Values of the hotfix" head={['Path', 'File says', 'Now']}>
        {[...valueTexts(hotfix)].map(([path, now]) => (
          <tr key={path}>
            <td>
              <code>{path}</code>
            </td>
            <td>
              <code className="muted">{hotfix.declared[path] ?? '–'}</code>
            </td>
            <td>
              <code>{now}</code>
            </td>
          </tr>
        ))}
      </Table>
      <p>
        By {actor}, <Link href={`/jobs/${job.name}/operations/${operationId}`}>asked for</Link> <Time at={at} />
        {reason !== null && <>: “{reason}”</>}. It expires <Time at={expiresAt} />
        {onExpiry === 'revert' ? ', and Sluice reverts it then.' : ', and people are reminded then.'}{' '}
        <Link href={`/jobs/${job.name}/launch?kind=hotfix`}>Take single values back…</Link>
      </p>
    </Panel>
  );
}
