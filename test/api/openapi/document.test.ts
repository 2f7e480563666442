import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operationKinds } from '../../../src/domain/lifecycle.ts';
import { startApp, type App } from '../start-app.ts';

let app: App;
let document: {
  openapi: string;
  paths: Record<string, Record<string, { responses: Record<string, unknown>; parameters: { name: string }[] }>>;
  components: { schemas: Record<string, unknown> };
};
beforeAll(async () => {
  app = await startApp();
  document = (await app.send('/api/v1/openapi.json')).body as unknown as typeof document;
});
afterAll(async () => await app.stop());

describe('the OpenAPI document', () => {
  it('is version 3.1 and describes the routes of the Contract', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(
      Object.entries(document.paths)
        .flatMap(([path, verbs]) => Object.keys(verbs).map((verb) => `${verb} ${path}`))
        .sort(),
    ).toEqual(
      [
        'delete /tokens/{id}',
        'get /audit',
        'get /audit/export',
        'get /campaigns',
        'get /campaigns/{campaign}',
        'get /clusters',
        'get /clusters/{cluster}',
        'get /doctor',
        'get /distributions',
        'get /events',
        'get /flink-options',
        'get /healthz',
        'get /jobs',
        'get /jobs/{job}',
        'get /jobs/{job}/checkpoints',
        'get /jobs/{job}/deployments',
        'get /jobs/{job}/deployments/{number}',
        'get /jobs/{job}/deployments/{number}/configuration',
        'get /jobs/{job}/deployments/{number}/file',
        'get /jobs/{job}/diff',
        'get /jobs/{job}/events',
        'get /jobs/{job}/exceptions',
        'get /jobs/{job}/flink/jobs/{flinkJob}/exceptions',
        'get /jobs/{job}/flink/{path}',
        'get /jobs/{job}/logs',
        'get /jobs/{job}/logs/{file}',
        'get /jobs/{job}/operations',
        'get /jobs/{job}/operations/{id}',
        'get /jobs/{job}/operations/{id}/steps',
        'get /jobs/{job}/restore-points',
        'get /jobs/{job}/upgrades',
        'get /login',
        'get /login/callback',
        'get /login/methods',
        'get /lost-jobs',
        'get /metrics',
        'get /notifications',
        'get /openapi.json',
        'get /operations',
        'get /releases',
        'get /releases/{project}',
        'get /releases/{project}/{version}',
        'get /releases/{project}/{version}/files/{name}',
        'get /schemas/deployment.json',
        'get /session',
        'get /stats/operations',
        'get /tokens',
        'post /campaigns',
        'post /campaigns/{campaign}/pause',
        'post /campaigns/{campaign}/resume',
        'post /campaigns/{campaign}/stop',
        'post /clusters/{cluster}/cordon',
        'post /clusters/{cluster}/drain',
        'post /clusters/{cluster}/uncordon',
        'post /deployment-files/validate',
        'post /distributions',
        'post /distributions/{flinkVersion}/warm',
        'post /distributions/{flinkVersion}/retire',
        'post /doctor',
        'post /jobs/{job}/operations',
        'post /jobs/{job}/operations/{id}/cancel',
        'post /jobs/{job}/plan',
        'post /login/device',
        'post /login/device/token',
        'post /login/token',
        'post /logout',
        'post /notifications/test',
        'post /tokens',
      ].sort(),
    );
  });

  it('refers only to schemas that it has', () => {
    const text = JSON.stringify(document);
    const referred = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference!);
    expect(referred.length).toBeGreaterThan(10);
    for (const reference of referred) {
      expect(reference).toMatch(/^#\/components\/schemas\//);
      expect(document.components.schemas).toHaveProperty(reference.slice('#/components/schemas/'.length));
    }
    expect(text).not.toContain('$defs');
  });

  it('has a body for each kind of operation, and one that can be left out for a cancel', () => {
    const bodyOf = (path: string) =>
      (document.paths[path]!['post'] as unknown as { requestBody: { required: boolean } }).requestBody;
    const { oneOf, discriminator } = document.components.schemas['OperationRequest'] as {
      readonly oneOf: readonly { readonly $ref: string }[];
      readonly discriminator: { readonly propertyName: string; readonly mapping: Record<string, string> };
    };
    expect(JSON.stringify(bodyOf('/jobs/{job}/operations'))).toContain('#/components/schemas/OperationRequest');
    expect(discriminator.propertyName).toBe('kind');
    expect(Object.keys(discriminator.mapping)).toEqual(operationKinds);
    expect(oneOf.map(({ $ref }) => $ref)).toEqual(Object.values(discriminator.mapping));
    expect(bodyOf('/jobs/{job}/operations').required).toBe(true);
    expect(bodyOf('/jobs/{job}/operations/{id}/cancel').required).toBe(false);
  });

  it('names every parameter of each path, and has an answer for the unexpected', () => {
    for (const [path, verbs] of Object.entries(document.paths)) {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const { parameters, responses } of Object.values(verbs)) {
        expect(parameters.map(({ name }) => name)).toEqual(expect.arrayContaining(names));
        for (const status of ['403', '421', '500']) expect(responses).toHaveProperty(status);
      }
    }
  });

  it('has patterns that are no matter of JavaScript alone', () => {
    const patterns = [...JSON.stringify(document).matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)].map(
      ([, text = '']) => JSON.parse(text) as string,
    );
    expect(patterns.length).toBeGreaterThan(5);
    // Properties of Unicode, named groups and looks behind differ between languages.
    for (const pattern of patterns) expect(pattern).not.toMatch(/\\[pPkK]|\(\?</);
  });

  it('lets answers gain fields, and requests have none that it does not know', () => {
    const { Job, SavepointRequest } = document.components.schemas as Record<string, Record<string, unknown>>;
    expect(Job).not.toHaveProperty('additionalProperties');
    expect(SavepointRequest).toMatchObject({ additionalProperties: false });
  });

  it('says which texts are times, and which routes need no token', () => {
    const { Operation } = document.components.schemas as unknown as Record<
      string,
      { properties: Record<string, unknown> }
    >;
    expect(Operation?.properties['acceptedAt']).toEqual({ type: 'string', format: 'date-time' });
    const open = Object.values(document.paths).flatMap((verbs) =>
      Object.values(verbs).flatMap((one) => {
        const { security, operationId } = one as unknown as { security?: unknown; operationId: string };
        return security === undefined ? [] : [operationId];
      }),
    );
    expect(open.sort()).toEqual([
      'beginDeviceLogin',
      'finishLogin',
      'getDeploymentFileSchema',
      'getHealth',
      'getOpenApiDocument',
      'listLoginMethods',
      'logIn',
      'logInWithToken',
      'pollDeviceLogin',
    ]);
  });

  it('gives each route a name of its own, and each answer its headers', () => {
    const all = Object.values(document.paths).flatMap((verbs) => Object.values(verbs)) as unknown as {
      operationId: string;
      responses: Record<string, { headers: Record<string, unknown> }>;
    }[];
    expect(new Set(all.map(({ operationId }) => operationId)).size).toBe(all.length);
    for (const { responses } of all)
      for (const answer of Object.values(responses)) expect(answer.headers).toHaveProperty('X-Request-Id');
    const asked = all.find(({ operationId }) => operationId === 'createOperation')?.responses;
    expect(asked?.['202']?.headers).toHaveProperty('Location');
    expect(asked?.['401']?.headers).toHaveProperty('WWW-Authenticate');
  });

  it('has every status that a route can answer: a query that it does not know, its body, S3 that is silent, and its own pages', () => {
    type Answers = Record<string, { readonly content?: Record<string, unknown> }>;
    const answersOf = (path: string, verb = 'get') => document.paths[path]![verb]!.responses as Answers;
    for (const [path, verbs] of Object.entries(document.paths))
      for (const [verb, one] of Object.entries(verbs)) {
        const answers = Object.keys(answersOf(path, verb));
        expect([path, answers]).toEqual([path, expect.arrayContaining(['422'])]);
        const isPublic = 'security' in one;
        if (!isPublic) expect([path, answers]).toEqual([path, expect.arrayContaining(['502', '503'])]);
        if (verb === 'post') expect([path, answers]).toEqual([path, expect.arrayContaining(['413', '415'])]);
      }
    expect(answersOf('/jobs/{job}')).toHaveProperty('409'); // its workflow does not work
    expect(Object.keys(answersOf('/login/callback')['503']?.content ?? {})).toEqual([
      'text/html',
      'application/problem+json',
    ]);
    expect(answersOf('/jobs')['304']).not.toHaveProperty('content');
  });

  it('calls no cursor a time, and no document a text', () => {
    const { JobList } = document.components.schemas as Record<string, { properties: Record<string, object> }>;
    expect(JobList?.properties['since']).not.toHaveProperty('format');
    expect(JobList?.properties['asOf']).not.toHaveProperty('format');
    for (const path of ['/schemas/deployment.json', '/openapi.json'])
      expect(JSON.stringify(document.paths[path]?.['get']?.responses['200'])).toContain('"type":"object"');
  });

  it('is readable for people, without scripts', async () => {
    const { text, headers } = await app.send('/docs');
    expect(headers.get('content-type')).toContain('text/html');
    for (const path of Object.keys(document.paths)) expect(text).toContain(path);
    expect(text).toContain('id="OperationInProgress"');
    for (const field of ['discardNewerState', 'expiresAt']) expect(text).toContain(field);
    for (const kind of operationKinds) expect(text).toContain(`&quot;${kind}&quot;`);
    expect(text).not.toContain('<script');
    expect((await app.send('/docs/style.css')).headers.get('content-type')).toContain('text/css');
  });
});
