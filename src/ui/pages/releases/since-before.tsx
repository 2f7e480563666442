/** Changes of a release since another version of its project: file by file, and the text of deployment files. */
import { useState } from 'react';
import type { ReleaseBody } from '../../../api/contract.ts';
import { useList, useRead } from '../../api/use-read.ts';
import { Button } from '../../parts/button.tsx';
import { Arrow } from '../../parts/data/arrow.tsx';
import { bytesText } from '../../parts/data/format.ts';
import { Table } from '../../parts/data/table.tsx';
import { Loaded, Panel } from '../../parts/panel.tsx';
import { useUrlState } from '../../state/url.ts';
import { changesOf, countsOf, versionBefore, type FileChange } from './file-changes.ts';
import { FileDiff } from './file-diff.tsx';

const LIMIT = 200;

export function SinceBefore({ release }: { readonly release: ReleaseBody }) {
  const url = useUrlState();
  const list = useList('/releases/{project}', { params: { project: release.project } }, { limit: LIMIT });
  return (
    <Panel title="Changes">
      <Loaded query={list}>
        {({ pages }) => {
          const versions = pages.flatMap(({ items }) => items.map(({ version }) => version));
          const against = url.get('against') || versionBefore(versions, release.version);
          if (against === null) return <p className="muted">It is the first release of its project.</p>;
          return (
            <>
              <label className="against">
                since{' '}
                <select
                  value={against}
                  onChange={({ target }) => url.set({ against: target.value })}
                  aria-label="Compare with version"
                >
                  {[...new Set([against, ...versions])]
                    .filter((version) => version !== release.version)
                    .map((version) => (
                      <option key={version}>{version}</option>
                    ))}
                </select>
              </label>
              <Against release={release} version={against} />
            </>
          );
        }}
      </Loaded>
    </Panel>
  );
}

function Against({ release, version }: { readonly release: ReleaseBody; readonly version: string }) {
  const { project } = release;
  const query = useRead('/releases/{project}/{version}', { params: { project, version } });
  const [open, setOpen] = useState<readonly string[]>([]);
  const turn = (name: string): void =>
    setOpen(open.includes(name) ? open.filter((one) => one !== name) : [...open, name]);
  return (
    <Loaded query={query}>
      {(before) => {
        const changes = changesOf(before, release);
        const differing = changes.filter(({ how }) => how !== 'same');
        const opened = differing.filter(({ name }) => open.includes(name));
        return (
          <>
            <p className="muted">{countsOf(changes)}</p>
            {differing.length > 0 && (
              <Table label={`Files that differ from ${version}`} head={['File', 'Change', 'Size', 'Text']}>
                {differing.map((change) => (
                  <Changed key={change.name} change={change} isOpen={open.includes(change.name)} onTurn={turn} />
                ))}
              </Table>
            )}
            {opened.map((change) => (
              <div key={change.name} className="file-diff">
                <h3>
                  <code>{change.name}</code>
                </h3>
                <FileDiff project={project} versions={[version, release.version]} change={change} />
              </div>
            ))}
          </>
        );
      }}
    </Loaded>
  );
}

interface ChangedProps {
  readonly change: FileChange;
  readonly isOpen: boolean;
  readonly onTurn: (name: string) => void;
}

const Changed = ({ change: { name, how, isText, before, after }, isOpen, onTurn }: ChangedProps) => (
  <tr>
    <td>
      <code>{name}</code>
    </td>
    <td>{how}</td>
    <td className="number">
      {before !== null && bytesText(before)} {before !== null && after !== null && <Arrow />}{' '}
      {after !== null && bytesText(after)}
    </td>
    <td>
      {isText && (
        <Button look="quiet" onClick={() => onTurn(name)} label={`${isOpen ? 'Hide' : 'Show'} changes of ${name}`}>
          {isOpen ? 'Hide' : 'Show'}
        </Button>
      )}
    </td>
  </tr>
);
