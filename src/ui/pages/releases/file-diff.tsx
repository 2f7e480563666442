/** How the text of a deployment file differs between two releases. */
import { useQuery } from '@tanstack/react-query';
import { read } from '../../api/client.ts';
import { Diff } from '../../parts/data/diff.tsx';
import { Loaded } from '../../parts/panel.tsx';
import type { FileChange } from './file-changes.ts';

interface FileDiffProps {
  readonly project: string;
  readonly versions: readonly [before: string, after: string];
  readonly change: FileChange;
}

const CONTEXT_LINES = 3;

export function FileDiff({ project, versions, change: { name, before, after } }: FileDiffProps) {
  const query = useQuery({
    queryKey: ['diff of files', project, name, ...versions],
    staleTime: Infinity, // releases never change
    async queryFn({ signal }) {
      const textOf = async (version: string, isThere: boolean): Promise<string> => {
        if (!isThere) return '';
        const params = { project, version, name };
        return (await read('/releases/{project}/{version}/files/{name}', { params }, signal)).text;
      };
      const [{ createTwoFilesPatch }, old, now] = await Promise.all([
        import('diff'),
        textOf(versions[0], before !== null),
        textOf(versions[1], after !== null),
      ]);
      return createTwoFilesPatch(versions[0], versions[1], old, now, undefined, undefined, {
        context: CONTEXT_LINES,
      });
    },
  });
  return <Loaded query={query}>{(text) => <Diff text={text} label={`Changes of ${name}`} />}</Loaded>;
}
