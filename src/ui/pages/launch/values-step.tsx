/** The values of the released deployment file, and what this launch changes of them. The editor is fetched when it is needed. */
import { Suspense } from 'react';
import { useRead } from '../../api/use-read.ts';
import { fetched } from '../../state/fetched.ts';
import { Loaded } from '../../parts/panel.tsx';
import { Empty, Skeleton } from '../../parts/states.tsx';
import { partsOf } from './release-files.tsx';
import type { Launch } from './use-launch.ts';

const ValuesEditor = fetched(() => import('./editor/values-editor.tsx'));

export function ValuesStep({ launch }: { readonly launch: Launch }) {
  const { name, release } = launch;
  const query = useRead('/releases/{project}/{version}', { params: partsOf(release) }, { enabled: release !== '' });
  return (
    <Loaded query={query} rows={8}>
      {({ files }) => {
        const file = files.find(({ kind, job }) => kind === 'deployment' && job === name);
        return file ? (
          <FileValues launch={launch} file={file.name} />
        ) : (
          <Empty title={`${release} has no deployment file for ${name}.`} />
        );
      }}
    </Loaded>
  );
}

function FileValues({ launch, file }: { readonly launch: Launch; readonly file: string }) {
  const { release, draft, change, job } = launch;
  const query = useRead('/releases/{project}/{version}/files/{name}', { params: { ...partsOf(release), name: file } });
  return (
    <Loaded query={query} rows={12}>
      {({ text }) => (
        <Suspense fallback={<Skeleton rows={12} label="Opening the editor" />}>
          <ValuesEditor key={release} released={text} draft={draft} onChange={change} hotfix={job?.hotfix ?? null} />
        </Suspense>
      )}
    </Loaded>
  );
}
