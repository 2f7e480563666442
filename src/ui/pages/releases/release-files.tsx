/** The files of a release. */
import type { ReleaseBody } from '../../../api/contract.ts';
import { Id } from '../../parts/copy.tsx';
import { bytesText } from '../../parts/data/format.ts';
import { Table } from '../../parts/data/table.tsx';
import { Panel } from '../../parts/panel.tsx';

const kinds = { jar: 'JAR', file: 'file', deployment: 'deployment file' } as const;

export const Files = ({ release: { files } }: { readonly release: ReleaseBody }) => (
  <Panel title="Files">
    <Table label="Files of the release" head={['Name', 'Kind', 'Size', 'sha256']}>
      {files.map(({ name, kind, size, sha256 }) => (
        <tr key={`${name} ${sha256}`}>
          <td>
            <code>{name}</code>
          </td>
          <td>{kinds[kind]}</td>
          <td className="number">{bytesText(size)}</td>
          <td>
            <Id value={sha256} of={`sha256 of ${name}`} />
          </td>
        </tr>
      ))}
    </Table>
  </Panel>
);
