/** Reads the Markdown documents of this repository: their links, paths, headings and code blocks. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repository = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const FOLDERS = ['.', 'docs', 'docs/decisions', 'examples/bazel', 'examples/clicks', 'bench'];

/** Paths of all documents, relative to the repository. */
export const documents: readonly string[] = FOLDERS.flatMap((folder) =>
  readdirSync(join(repository, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => relative('.', join(folder, name))),
);

export const textOf = (path: string): string => readFileSync(join(repository, path), 'utf8');

interface Link {
  readonly text: string;
  readonly target: string;
}

/** Returns links and pictures outside of code. */
export function linksIn(markdown: string): readonly Link[] {
  const prose = markdown.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, 'code');
  return [...prose.matchAll(/\[([^\]]*)\]\(([^)\s]+)\)/g)].map(([, text = '', target = '']) => ({ text, target }));
}

/** Roots of the repository whose files documents mention by path. */
const ROOTS = 'actions|bazel|bench|demo|docker|docs|examples|java|observer|src|stack|test';

/** Returns mentions of files and folders of this repository, such as `src/config.ts`. Skips patterns and built files. */
export const pathsIn = (markdown: string): readonly string[] =>
  [...markdown.matchAll(new RegExp(`(?<![\\w./~@-])(?:${ROOTS})/[\\w./*{}<>-]*[\\w*}>]`, 'g'))]
    .map(([path]) => path)
    .filter((path) => !/[*{<]|\/target\//.test(path));

/** Returns the anchors of all headings, as GitHub makes them. */
export const anchorsIn = (markdown: string): readonly string[] =>
  [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** Returns the code blocks of one language, in their order. */
export const blocksIn = (markdown: string, language: string): readonly string[] =>
  [...markdown.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(([, text = '']) => text);
