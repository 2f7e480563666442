/** Routes of one deployment: its record, its file, its effective configuration, and how it differs from another one. */
import { z } from 'zod';
import { shownValue } from '../../../domain/deployment/config-changes.ts';
import { Deployment } from '../../../domain/deployment/deployment.ts';
import type { SluiceError } from '../../../domain/errors/errors.ts';
import { redact } from '../../../domain/secrets/redact.ts';
import { changesBetween } from '../../../records/compare-starts.ts';
import { readConfiguration, readDeploymentFile, readStart } from '../../../records/texts.ts';
import { ConfigurationBody, DeploymentFileBody, DiffBody } from '../../deployment-contract.ts';
import type { RouteDependencies } from '../../dependencies.ts';
import { DeploymentNumber } from '../../http/parameters.ts';
import { Problem } from '../../http/problem.ts';
import { ok, route, type Answer, type Call, type Route } from '../../http/route.ts';
import { deploymentIn, recordedDeployments } from '../../jobs/recorded-deployments.ts';

const problems = [
  'NotFound',
  'InvalidJobName',
  'InvalidRequest',
  'RecordInvalid',
  'TemporalUnavailable',
  'StorageUnavailable',
] as const;

/** An answer goes to one caller, so that it may be longer than what travels through Temporal. */
const limits = { diff: 500_000, changes: 500_000, value: 10_000 } as const;

const number = DeploymentNumber.transform(Number).optional();
const diffQuery = z.strictObject({
  from: number.meta({
    description: 'Number of a deployment; default: the one before `to`',
    inOpenApi: { type: 'integer', minimum: 1 },
  }),
  to: number.meta({
    description: 'Number of a deployment; default: the newest',
    inOpenApi: { type: 'integer', minimum: 1 },
  }),
});

export function deploymentRoutes(dependencies: RouteDependencies): Route[] {
  const { bucket } = dependencies.records;
  const found = async (may: Call['may'], job: string, which: number | null): Promise<Deployment> =>
    deploymentIn(await recordedDeployments({ ...dependencies, may }, job), job, which);

  /** A route of one deployment, by its number in the path. */
  const ofOne = (
    tail: '' | '/file' | '/configuration',
    spec: { readonly operationId: string; readonly summary: string; readonly schema: z.ZodType },
    answer: (deployment: Deployment) => Promise<Answer> | Answer,
  ): Route =>
    route({
      method: 'get',
      path: `/jobs/{job}/deployments/{number}${tail}`,
      operationId: spec.operationId,
      access: { permission: 'view', of: 'job' },
      tag: 'jobs',
      summary: spec.summary,
      answers: { 200: { description: spec.summary, schema: spec.schema } },
      problems,
      handle: async ({ params: { job = '', number: which = '' }, may }: Call) =>
        answer(await found(may, job, Number(which))),
    });

  return [
    ofOne('', { operationId: 'getDeployment', summary: 'One deployment', schema: Deployment }, (deployment) =>
      ok(deployment),
    ),
    ofOne(
      '/file',
      { operationId: 'getDeploymentFile', summary: 'Its deployment file', schema: DeploymentFileBody },
      async (deployment) => {
        const text = await readDeploymentFile(bucket, deployment.file);
        if (text === null) throw gone(deployment, 'deployment file');
        return ok({ ...nameOf(deployment), sha256: deployment.file, text: redact(text) });
      },
    ),
    ofOne(
      '/configuration',
      { operationId: 'getConfiguration', summary: 'Its effective configuration', schema: ConfigurationBody },
      async (deployment) => {
        const { configuration: sha256 } = deployment;
        if (sha256 === null) throw notRendered(deployment);
        const entries = await readConfiguration(bucket, sha256);
        if (entries === null) throw gone(deployment, 'effective configuration');
        const shown = entries.map(({ key, value, origin }) => ({ key, value: shownValue({ key, value }), origin }));
        return ok({ ...nameOf(deployment), sha256, entries: shown.sort((a, b) => (a.key < b.key ? -1 : 1)) });
      },
    ),
    diffRoute(dependencies),
  ];
}

const diffRoute = (dependencies: RouteDependencies): Route =>
  route({
    method: 'get',
    path: '/jobs/{job}/diff',
    operationId: 'diffDeployments',
    access: { permission: 'view', of: 'job' },
    tag: 'jobs',
    summary: 'How two deployments differ: file, effective configuration, JARs, hotfix',
    query: diffQuery,
    answers: { 200: { description: 'The changes from one to the other', schema: DiffBody } },
    problems,
    async handle({ params: { job = '' }, query, may }) {
      const recorded = await recordedDeployments({ ...dependencies, may }, job);
      const to = deploymentIn(recorded, job, query.to ?? null);
      const before = recorded.deployments.find((one) => one.number < to.number);
      if (query.from === undefined && !before) {
        throw new Problem('NotFound', `${job} has no deployment before ${to.number} that could be compared with it`);
      }
      const from = query.from === undefined && before ? before : deploymentIn(recorded, job, query.from ?? null);
      const [was, is] = await Promise.all([
        readStart(dependencies.records.bucket, from),
        readStart(dependencies.records.bucket, to),
      ]);
      return ok({ job, from: from.number, to: to.number, ...changesBetween(was, is, limits) });
    },
  });

const nameOf = ({ job, number: deployment, release }: Deployment) => ({ job, deployment, release });

const gone = ({ job, number: which }: Deployment, what: string): Problem =>
  new Problem('NotFound', `The ${what} of deployment ${which} of ${job} is not in S3 any more`);

const notRendered = ({ job, number: which, adopted }: Deployment): SluiceError =>
  new Problem(
    'NotFound',
    adopted
      ? `Deployment ${which} of ${job} was adopted, so its configuration was made by somebody else`
      : `Deployment ${which} of ${job} ended before its configuration was made`,
  );
