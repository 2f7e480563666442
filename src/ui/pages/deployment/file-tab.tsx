/** The deployment file as released. It cannot be changed here: the launch makes a hotfix of changes. */
import type { Deployment } from '../../../domain/deployment/deployment.ts';
import { useRead } from '../../api/use-read.ts';
import { CopyButton } from '../../parts/copy.tsx';
import { Numbered } from '../../parts/changes/numbered.tsx';
import { DownloadButton } from '../../parts/download.tsx';
import { Loaded } from '../../parts/panel.tsx';

export function FileTab({ deployment: { job, number } }: { readonly deployment: Deployment }) {
  const query = useRead('/jobs/{job}/deployments/{number}/file', { params: { job, number: String(number) } });
  return (
    <Loaded query={query} rows={12}>
      {({ text, sha256, release }) => (
        <>
          <div className="toolbar">
            <span className="muted">
              As released by {release}, with its base merged in and without the hotfix · sha256{' '}
              <code title={sha256}>{sha256.slice(0, 12)}</code>
            </span>
            <CopyButton text={text} of="deployment file" />
            <DownloadButton name={`${job}.yaml`} text={text} of="deployment file" />
          </div>
          <Numbered text={text} label="Deployment file" />
        </>
      )}
    </Loaded>
  );
}
