/** The table "Layout" of ARCHITECTURE.md, as rules. */
const inside = (folder) => `^src/${folder}/`;
const only = (folder, allowed, extra = []) => ({
  name: `${folder}-imports`,
  severity: 'error',
  comment: `src/${folder} may import ${[...allowed, ...extra].join(', ') || 'nothing'} only`,
  from: { path: inside(folder) },
  to: {
    path: '^(src|stack|test|demo|bench|observer)/',
    pathNot: [inside(folder), ...allowed.map((name) => `^src/${name}`)],
  },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    only('domain', []),
    only('clients', ['domain/', 'concurrency/', 'releases/']),
    only('launchers', ['domain/', 'clients/', 'config.ts', 'launchers.ts']),
    only('activities', ['domain/', 'clients/', 'concurrency/', 'launchers/', 'records/', 'releases/']),
    {
      name: 'workflows-imports',
      severity: 'error',
      comment: 'workflows import the domain, and of activities only types',
      from: { path: inside('workflows') },
      to: {
        path: '^(src|stack|test|demo|bench|observer)/',
        pathNot: [inside('workflows'), inside('domain'), inside('activities')],
      },
    },
    {
      name: 'workflows-activities-type-only',
      severity: 'error',
      from: { path: inside('workflows') },
      to: { path: inside('activities'), dependencyTypesNot: ['type-only'] },
    },
    only('api', [
      'domain/',
      'clients/',
      'concurrency/',
      'records/',
      'releases/',
      'temporal/',
      'workflows/messages.ts',
      'config.ts',
      'launchers/',
    ]),
    only('cli', ['domain/', 'clients/', 'concurrency/', 'releases/', 'config.ts', 'api/contract.ts']),
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'the domain uses zod, yaml and noble hashes: pure libraries that also run in a workflow',
      from: { path: inside('domain') },
      to: { path: 'node_modules', pathNot: 'node_modules/(zod|yaml|@noble/hashes)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.mjs', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
    },
  },
};
