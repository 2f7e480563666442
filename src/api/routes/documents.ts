/** Route of the OpenAPI document, for machines. `app.ts` serves the page for people at the root. */
import { z } from 'zod';
import { openApiDocument } from '../openapi/document.ts';
import { ok, route, type Route } from '../http/route.ts';

/** `routes` is called late, because the document describes its own route too. */
export function documentRoutes(routes: () => readonly Route[], version: string): Route[] {
  let document: Record<string, unknown> | null = null;
  return [
    route({
      method: 'get',
      path: '/openapi.json',
      operationId: 'getOpenApiDocument',
      access: 'public',
      tag: 'platform',
      summary: 'This API as OpenAPI 3.1',
      alsoAtRoot: true,
      answers: { 200: { description: 'The document', schema: z.looseObject({}) } },
      problems: [],
      handle: () => ok((document ??= openApiDocument(routes(), version))),
    }),
  ];
}
