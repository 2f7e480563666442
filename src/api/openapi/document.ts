/** Makes the OpenAPI 3.1 document from the schemas that parse requests and describe answers. */
import type { z } from 'zod';
import { errorTable, type ErrorCode } from '../../domain/errors/errors.ts';
import * as contract from '../contract.ts';
import { parameters } from '../http/parameters.ts';
import { problemsOf, type Route } from '../http/route.ts';
import { discriminated, portable, type Json } from './portable.ts';

type SchemaOf = (schema: z.ZodType, io: 'input' | 'output') => Json;

/** Describes every route; the application serves the same list. */
export function openApiDocument(routes: readonly Route[], version: string): Json {
  const components: Json = {};
  const schemaOf: SchemaOf = (schema, io) => {
    const made = portable(schema, io);
    Object.assign(components, made.definitions);
    return made.schema;
  };
  schemaOf(contract.ProblemBody, 'output'); // adds the components of a problem
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = (paths[route.path] ??= {});
    path[route.method] = {
      operationId: route.operationId,
      summary: route.summary,
      tags: [route.tag],
      ...(route.access === 'public' ? { security: [] } : {}),
      parameters: parametersOf(route, schemaOf),
      ...(route.body ? { requestBody: requestBodyOf(route.body, schemaOf) } : {}),
      responses: responsesOf(route, schemaOf),
    };
  }
  const schemas = Object.entries(components).map(([name, schema]) => [name, discriminated(schema as Json, components)]);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sluice',
      version,
      description: 'Durable deployments of Apache Flink jobs on YARN.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: contract.API_PREFIX }],
    security: [{ token: [] }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: Object.fromEntries(schemas) as Json,
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A token of this installation: slc_<id>_<secret>' },
      },
    },
  };
}

function parametersOf(route: Route, schemaOf: SchemaOf): Json[] {
  const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    const parameter = parameters[name];
    const schema = parameter ? schemaOf(parameter.schema, 'input') : { type: 'string' };
    return { name, in: 'path', required: true, description: parameter?.meaning, schema };
  });
  const { properties, required } = route.query ? schemaOf(route.query, 'input') : {};
  const needed = Array.isArray(required) ? required : [];
  const inQuery = Object.entries((properties ?? {}) as Json).map(([name, schema]) => ({
    name,
    in: 'query',
    required: needed.includes(name),
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

const headersOf = (headers: Readonly<Record<string, string>>): Json =>
  Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
  );

/** Headers of every answer. */
const COMMON = { 'X-Request-Id': 'Id of the request, for the log of the API' };
/** Headers of refusals with a status. */
const ofStatus: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  401: { 'WWW-Authenticate': 'How to authenticate' },
  429: { 'Retry-After': 'Seconds until the caller may ask again' },
  503: { 'Retry-After': 'Seconds until it may be worth to ask again' },
};

function responsesOf(route: Route, schemaOf: SchemaOf): Json {
  const responses: Record<string, Response> = {};
  for (const [status, { description, schema, contentType = 'application/json', headers }] of Object.entries(
    route.answers,
  )) {
    const content = { [contentType]: { schema: schema ? schemaOf(schema, 'output') : { type: 'string' } } };
    const isEmpty = status === '204' || status === '304';
    responses[status] = { description, headers: headersOf({ ...COMMON, ...headers }), ...(isEmpty ? {} : { content }) };
  }
  const codes = new Map<number, ErrorCode[]>();
  for (const code of problemsOf(route)) {
    const { status } = errorTable[code];
    codes.set(status, [...(codes.get(status) ?? []), code]);
  }
  for (const [status, list] of codes) {
    const problem = {
      description: list.map((code) => `\`${code}\`: ${errorTable[code].title}`).join('; '),
      headers: headersOf({ ...COMMON, ...ofStatus[status] }),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    };
    responses[status] = withProblem(responses[status], problem);
  }
  return responses;
}

interface Response {
  readonly description: string;
  readonly headers: Json;
  readonly content?: Json;
}

/** A status that a route answers by itself, such as 503 of `/healthz`, may be that of a problem too. */
const withProblem = (own: Response | undefined, problem: Response): Response =>
  own === undefined
    ? problem
    : {
        description: `${own.description}; ${problem.description}`,
        headers: { ...own.headers, ...problem.headers },
        content: { ...own.content, ...problem.content },
      };
