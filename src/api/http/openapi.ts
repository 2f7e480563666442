/** Makes the OpenAPI 3.1 document from the schemas that parse requests and describe answers. */
import { z } from 'zod';
import { Deployment } from '../../domain/deployment/deployment.ts';
import { errorTable, type ErrorCode } from '../../domain/errors/errors.ts';
import { OperationRecord } from '../../domain/operation/operation.ts';
import { Release } from '../../domain/release/release.ts';
import { RestorePoint } from '../../domain/restore-points/restore-point.ts';
import { HealthBody, TokenItem } from '../access-contract.ts';
import * as contract from '../contract.ts';
import { problemsOf, type Route } from './route.ts';

type Json = Record<string, unknown>;

/** Schemas with a name of their own in the document. */
const registry = z.registry<{ id: string }>();
for (const [id, schema] of Object.entries({
  Operation: OperationRecord,
  Deployment,
  RestorePoint,
  RestorePointItem: contract.RestorePointItem,
  LogItem: contract.LogItem,
  InstanceExceptions: contract.InstanceExceptions,
  Release,
  Job: contract.JobBody,
  JobItem: contract.JobItem,
  ReleaseItem: contract.ReleaseItem,
  Cluster: contract.ClusterItem,
  Holder: contract.HolderBody,
  Problem: contract.ProblemBody,
  Links: contract.Links,
  Health: HealthBody,
  Token: TokenItem,
})) {
  registry.add(schema, { id });
}

const parameterMeanings: Readonly<Record<string, string>> = {
  job: 'Name of the job, such as clicks-prod',
  id: 'Id of the operation',
  project: 'Project of the release, such as clicks',
  version: 'Version of the release, such as 1.4.2',
  file: 'Name of the file as the list has it, such as jobmanager.log',
};

/** Describes every route; the application serves the same list. */
export function openApiDocument(routes: readonly Route[], version: string): Json {
  const components: Json = {};
  const schemaOf = (schema: z.ZodType, io: 'input' | 'output'): Json => {
    const json = z.toJSONSchema(schema, { metadata: registry, io, unrepresentable: 'any' }) as Json;
    for (const [name, definition] of Object.entries((json['$defs'] ?? {}) as Json)) {
      components[name] = relocated(definition);
    }
    const own = Object.entries(json).filter(([key]) => key !== '$schema' && key !== '$defs');
    return relocated(Object.fromEntries(own)) as Json; // an object stays an object
  };

  schemaOf(z.object({ problem: contract.ProblemBody }), 'output'); // adds the components of a problem
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = (paths[route.path] ??= {});
    path[route.method] = {
      operationId: operationIdOf(route),
      summary: route.summary,
      tags: [route.tag],
      parameters: parametersOf(route, schemaOf),
      ...(route.body ? { requestBody: requestBodyOf(route.body, schemaOf) } : {}),
      responses: responsesOf(route, schemaOf),
    };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sluice',
      version,
      description: 'Durable deployments of Apache Flink jobs on YARN.',
    },
    servers: [{ url: contract.API_PREFIX }],
    paths,
    components: { schemas: components },
  };
}

type SchemaOf = (schema: z.ZodType, io: 'input' | 'output') => Json;

/** Moves references to definitions to the components of the document. */
function relocated(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(relocated);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, member]): [string, unknown] => [
    key,
    key === '$ref' && typeof member === 'string'
      ? member.replace('#/$defs/', '#/components/schemas/')
      : relocated(member),
  ]);
  return Object.fromEntries(entries.filter(([key]) => key !== 'id' || typeof Reflect.get(value, 'id') !== 'string'));
}

const operationIdOf = ({ method, path }: Route): string =>
  [method, ...path.split('/')]
    .map((part) => part.replace(/[^a-zA-Z]/g, ''))
    .filter((part) => part !== '')
    .map((part, place) => (place === 0 ? part : part.charAt(0).toUpperCase() + part.slice(1)))
    .join('');

function parametersOf(route: Route, schemaOf: SchemaOf): Json[] {
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    description: parameterMeanings[name],
    schema: { type: 'string' },
  }));
  const properties = route.query ? (schemaOf(route.query, 'input')['properties'] as Json | undefined) : {};
  const inQuery = Object.entries(properties ?? {}).map(([name, schema]) => ({
    name,
    in: 'query',
    required: false,
    schema,
  }));
  const inHeader = Object.entries(route.headers ?? {}).map(([name, description]) => ({
    name,
    in: 'header',
    required: false,
    description,
    schema: { type: 'string' },
  }));
  return [...inPath, ...inQuery, ...inHeader];
}

function requestBodyOf(body: NonNullable<Route['body']>, schemaOf: SchemaOf): Json {
  const texts = (body.text ?? []).map((type): [string, Json] => [type, { schema: { type: 'string' } }]);
  return {
    required: body.optional !== true,
    content: { 'application/json': { schema: schemaOf(body.schema, 'input') }, ...Object.fromEntries(texts) },
  };
}

function responsesOf(route: Route, schemaOf: SchemaOf): Json {
  const responses: Json = {};
  for (const [status, { description, schema, contentType = 'application/json' }] of Object.entries(route.answers)) {
    const content = { [contentType]: { schema: schema ? schemaOf(schema, 'output') : { type: 'string' } } };
    responses[status] = { description, content };
  }
  const codes = new Map<number, ErrorCode[]>();
  for (const code of problemsOf(route)) {
    const { status } = errorTable[code];
    codes.set(status, [...(codes.get(status) ?? []), code]);
  }
  for (const [status, list] of codes) {
    if (responses[status] !== undefined) continue;
    responses[status] = {
      description: list.map((code) => `\`${code}\`: ${errorTable[code].title}`).join('; '),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    };
  }
  return responses;
}
