/**
 * Turns the rooms of docs/rooms.json into rules: a room may import itself and the rooms in its row, nothing else.
 * ARCHITECTURE.md prints the same table.
 */
const rooms = require('./docs/rooms.json');

const OURS = '^(src|stack|observer|test|demo|bench|docs|examples)/';
const isFile = (name) => name.endsWith('.ts');
const escaped = (name) => name.replaceAll('.', '\\.');
/** A room's own files, without those of the rooms inside it. */
const filesOf = (room) => (isFile(room) ? `^src/${escaped(room)}$` : `^src/${room}/[^/]+$`);
/** Everything below a name in a row: `domain` stands for all of its rooms. */
const below = (name) => (isFile(name) ? `^src/${escaped(name)}$` : `^src/${name}/`);

const importsOf = ({ room, imports }) => ({
  name: `${room} imports`,
  severity: 'error',
  comment: `src/${room} may import only ${['itself', ...imports].join(', ')} (docs/rooms.json)`,
  from: { path: filesOf(room) },
  to: { path: OURS, pathNot: [filesOf(room), ...imports.map(below)] },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    ...rooms.map(importsOf),
    {
      name: 'workflows take types of activities',
      severity: 'error',
      comment: 'A workflow replays in a sandbox, where nothing of an activity can run.',
      from: { path: '^src/workflows/' },
      to: { path: '^src/activities/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'the console takes types of the API',
      severity: 'error',
      comment: 'The contract is made of schemas, which would bring zod into every page.',
      from: { path: '^src/ui/' },
      to: { path: '^src/api/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'pages know nothing of each other',
      severity: 'error',
      comment: 'Each page is fetched alone; parts that two of them need are in src/ui/parts.',
      from: { path: '^src/ui/pages/([^/]+)/' },
      to: { path: '^src/ui/pages/', pathNot: '^src/ui/pages/$1/' },
    },
    {
      name: 'no room for this file',
      severity: 'error',
      comment:
        'Each file of src/ is in a room of docs/rooms.json; loose files at its root are worker.ts and config.ts.',
      from: { path: '^src/', pathNot: rooms.map(({ room }) => filesOf(room)) },
      to: {},
    },
    {
      name: 'domain is pure',
      severity: 'error',
      comment: 'The domain uses zod, yaml, noble hashes and noble curves: pure libraries that also run in a workflow.',
      from: { path: '^src/domain/' },
      to: { path: 'node_modules', pathNot: 'node_modules/(zod|yaml|@noble/(hashes|curves))' },
    },
    {
      name: 'tests and tools stay outside',
      severity: 'error',
      comment: 'stack/ and observer/ run without the tests.',
      from: { path: '^(stack|observer)/' },
      to: { path: '^(test|bench|demo)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
