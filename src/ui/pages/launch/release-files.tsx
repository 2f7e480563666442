/** The files of a release. */
import { useRead } from '../../api/use-read.ts';
import { bytesText } from '../../parts/data/format.ts';
import { Loaded } from '../../parts/panel.tsx';

/** The parts of the name of a release, for paths. */
export const partsOf = (release: string): { readonly project: string; readonly version: string } => {
  const [project = '', version = ''] = release.split('/');
  return { project, version };
};

export function ReleaseFiles({ release }: { readonly release: string }) {
  const query = useRead('/releases/{project}/{version}', { params: partsOf(release) });
  return (
    <details>
      <summary>Files</summary>
      <Loaded query={query} rows={2}>
        {({ files }) => (
          <div className="scroll" tabIndex={0} role="region" aria-label={`Files of ${release}`}>
            <table className="table">
              <tbody>
                {files.map(({ name, kind, size, sha256, job }) => (
                  <tr key={name}>
                    <td>
                      <code>{name}</code>
                    </td>
                    <td>{job ?? kind}</td>
                    <td className="number">{bytesText(size)}</td>
                    <td>
                      <code title={sha256}>{sha256.slice(0, 12)}</code>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Loaded>
    </details>
  );
}
