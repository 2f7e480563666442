/**
 * Clients that two real generators make of the OpenAPI document deploy a job: `@hey-api/openapi-ts` in TypeScript, whose
 * types hold under the compiler, and `openapi-python-client` in Python (`python3` with `venv` is needed).
 */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Api } from '../../support/api.ts';
import { run } from '../../support/run.ts';
import { endApplicationsOf } from '../../support/outside/applications.ts';
import { publish } from '../../support/releases.ts';
import { newJobName, runningStack } from '../../support/stack.ts';

const GENERATORS = ['@hey-api/openapi-ts@0.99.0', 'typescript@5.9.3'];
const PYTHON_GENERATOR = 'openapi-python-client==0.29.1';

const { api: address, token } = runningStack();
const api = new Api(runningStack());
const job = newJobName('clients');
let folder: string;
let release: string;

beforeAll(async () => {
  release = await publish({ job, version: '1.0.0' });
  folder = await mkdtemp(join(tmpdir(), 'sluice-clients-'));
  const { text } = await api.send('GET', '/openapi.json');
  await writeFile(join(folder, 'openapi.json'), text);
});
afterAll(async () => {
  await endApplicationsOf(job);
  await rm(folder, { recursive: true, force: true });
});

/** Runs a program in the folder; the token is in its environment. */
async function ran(program: string, ...args: readonly string[]): Promise<string> {
  const environment = { SLUICE_API: address, SLUICE_TOKEN: token, JOB: job, RELEASE: release };
  const { code, stdout, stderr } = await run(program, args, environment, folder);
  expect({ code, stderr: code === 0 ? '' : stderr + stdout }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

const IN_TYPESCRIPT = `
import { createClient } from './typescript/client';
import { createOperation, getOperation } from './typescript';
import type { DeployRequest } from './typescript';

const { SLUICE_API, SLUICE_TOKEN, JOB = '', RELEASE = '' } = process.env;
const client = createClient({ baseUrl: SLUICE_API + '/api/v1', auth: SLUICE_TOKEN });
const request: DeployRequest & { kind: 'deploy' } = { kind: 'deploy', release: RELEASE, id: 'typescript' };
const asked = await createOperation({ client, path: { job: JOB }, body: request, headers: { Prefer: 'wait=60' } });
if (asked.error) throw new Error(asked.error.detail + ' ' + asked.error.hint);
let operation = asked.data.operation;
while (operation.outcome === null) {
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const { data } = await getOperation({ client, path: { job: JOB, id: operation.id } });
  if (data) operation = data.operation;
}
console.log(operation.actor, operation.outcome, operation.deployment);
`;

test('a client in TypeScript, which compiles, deploys the job', async () => {
  const packages = GENERATORS.flatMap((one) => ['-p', one]);
  await ran('npx', '--yes', ...packages, 'openapi-ts', '-i', 'openapi.json', '-o', 'typescript');
  await writeFile(join(folder, 'program.ts'), IN_TYPESCRIPT);
  await writeFile(join(folder, 'package.json'), '{"type": "module"}');
  const root = process.cwd();
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'esnext'];
  const types = [
    '--typeRoots',
    join(root, 'node_modules/@types'),
    '--types',
    'node',
    '--lib',
    'es2023,dom,dom.iterable',
  ];
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  await ran(process.execPath, compiler, ...options, '--moduleResolution', 'bundler', ...types, 'program.ts');
  const printed = await ran(process.execPath, '--import', import.meta.resolve('tsx'), 'program.ts');
  expect(printed).toBe('admin succeeded 1\n');
  expect(await api.ended(job, 'typescript')).toMatchObject({ kind: 'deploy', outcome: 'succeeded' });
});

const IN_PYTHON = `
import os, time
from sluice_client import AuthenticatedClient
from sluice_client.api.operations import create_operation, get_operation
from sluice_client.models import OperationBody, OperationResource, RestartRequest

job = os.environ["JOB"]
client = AuthenticatedClient(base_url=os.environ["SLUICE_API"] + "/api/v1", token=os.environ["SLUICE_TOKEN"])
body = RestartRequest(kind="restart", id="python", reason="from Python")
asked = create_operation.sync(job, client=client, body=body, prefer="wait=60")
assert isinstance(asked, OperationBody), asked
operation = asked.operation
while operation.outcome is None:
    time.sleep(1)
    seen = get_operation.sync(job, operation.id, client=client)
    if isinstance(seen, OperationResource):
        operation = seen.operation
print(operation.actor, operation.outcome, operation.deployment, operation.accepted_at.year > 2000)
`;

test('a client in Python restarts it, and reads its times', async () => {
  await ran('python3', '-m', 'venv', 'python');
  await ran('python/bin/pip', 'install', '--quiet', '--disable-pip-version-check', PYTHON_GENERATOR);
  const where = ['--path', 'openapi.json', '--output-path', 'generated', '--meta', 'none'];
  await ran('python/bin/openapi-python-client', 'generate', ...where);
  await writeFile(join(folder, 'program.py'), IN_PYTHON.replaceAll('sluice_client', 'generated'));
  expect(await readdir(join(folder, 'generated'))).toContain('models');
  expect(await ran('python/bin/python', 'program.py')).toBe('admin succeeded 2 True\n');
});
