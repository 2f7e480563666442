/** Runs Schemathesis, a fuzzer that reads the OpenAPI document, against the API as one caller. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { prepareSchemathesis } from '../../../stack/cache/schemathesis.ts';
import { run, type Ended } from '../../support/run.ts';
import { neededForField, neededForKind, neededRoles } from '../access/needed-roles.ts';
import { callers, FOREIGN, FOREIGN_CANARY, OWN, SECRET_CANARY, UNKNOWN, type FuzzWorld } from './fuzz-world.ts';

const HOOKS = fileURLToPath(new URL('hooks.py', import.meta.url));

/** Whether an answer is one of those that the OpenAPI document promises, and one that the role may have. */
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'response_headers_conformance',
  'only_what_the_role_may_have',
];

/** The caller's rights, and the texts that no answer to the caller may have, for `hooks.py`. */
function rulesFor(caller: string, tokens: ReadonlyMap<string, string>): object {
  const binding = callers[caller];
  if (!binding) throw new Error(`There is no caller ${caller}`);
  const isLimited = binding.teams !== undefined;
  const parts = [...tokens.values()].map((token) => token.split('_'));
  return {
    caller,
    token: tokens.get(caller),
    role: binding.role,
    isLimited,
    ...{ neededRoles, neededForKind, neededForField },
    ownJobs: OWN.jobs,
    foreignJobs: FOREIGN.jobs,
    unknownJobs: [UNKNOWN],
    projects: [OWN.project, FOREIGN.project],
    releases: [OWN, FOREIGN].flatMap(({ project }) => ['1.0.0', '1.1.0'].map((version) => `${project}/${version}`)),
    tokenIds: parts.map(([, id]) => id),
    hidden: [
      SECRET_CANARY,
      ...parts.map(([, , secret]) => secret),
      ...(isLimited ? [FOREIGN_CANARY, ...FOREIGN.jobs] : []),
    ],
  };
}

/** Schemathesis reads a stream to its first event, which comes at once. */
const CONFIGURATION = `
hooks = "hooks"
max-stream-events = 1
request-timeout = 15
`;

/** Schemathesis ends its last requests, shrinks what it found, and prints its report after its time. */
const PATIENCE_MS = 300_000;

interface Asked {
  readonly caller: string;
  /** Without a time, a few requests to each route. */
  readonly seconds?: number;
  /** A folder for what runs leave behind. */
  readonly folder: string;
  /** Only these routes; default: all. */
  readonly routes?: string;
}

/** Sends requests until the time is over. @returns how it ended: code 0, or 1 with each failure in its output. */
export async function fuzz(
  { app, tokens }: FuzzWorld,
  { caller, seconds, folder: all, routes }: Asked,
): Promise<Ended> {
  // Schemathesis remembers failures in its folder, and tries them again.
  const folder = await mkdtemp(join(all, 'run-'));
  const rules = join(folder, 'rules.json');
  await writeFile(rules, JSON.stringify(rulesFor(caller, tokens)));
  const program = await prepareSchemathesis();
  const config = join(folder, 'schemathesis.toml');
  await writeFile(config, CONFIGURATION);
  const environment = {
    PYTHONPATH: [program, join(HOOKS, '..')].join(':'),
    PYTHONDONTWRITEBYTECODE: '1',
    SLUICE_FUZZ_RULES: rules,
  };
  const limits =
    seconds === undefined ? ['--phases', 'fuzzing', '--max-examples', '25'] : ['--max-time', String(seconds)];
  const output = ['--generation-database', 'none', '--no-color', '--warnings', 'off'];
  const args = ['-m', 'schemathesis.cli', '--config-file', config, 'run', `${app.url}/api/v1/openapi.json`];
  return await run(
    'python3',
    [
      ...args,
      ...['--header', `Authorization: Bearer ${tokens.get(caller) ?? ''}`],
      ...['--checks', CHECKS.join(',')],
      ...(routes === undefined ? [] : ['--include-path-regex', routes]),
      ...limits,
      ...output,
    ],
    environment,
    folder,
    (seconds ?? 0) * 1_000 + PATIENCE_MS,
  );
}
