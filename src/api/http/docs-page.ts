/** Renders the documentation of the API for people: one page without scripts, from the same routes. */
import { z } from 'zod';
import { errorTable } from '../../domain/errors/errors.ts';
import { API_PREFIX } from '../contract.ts';
import { escapeHtml } from './escape-html.ts';
import { ownProblemsOf, type Route } from './route.ts';

export const DOCS_STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
code, pre { font: 14px/1.45 ui-monospace, monospace; }
pre { overflow: auto; padding: .75rem; border: 1px solid #8885; border-radius: 6px; }
h2 { margin-top: 2.5rem; border-bottom: 1px solid #8885; }
h3 { margin-bottom: .25rem; }
.method { display: inline-block; min-width: 3.2rem; font-weight: 700; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #8883; }
`;

const code = (text: string): string => escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>');

/** Renders every route with its answers, and every error with what to do. */
export function docsPage(routes: readonly Route[], version: string): string {
  const tags = [...new Set(routes.map(({ tag }) => tag))];
  const sections = tags.map(
    (tag) =>
      `<h2>${escapeHtml(tag)}</h2>${routes
        .filter((route) => route.tag === tag)
        .map(routeSection)
        .join('')}`,
  );
  const errors = Object.entries(errorTable).map(
    ([name, { title, status, hint }]) =>
      `<tr id="${name}"><td><code>${name}</code></td><td>${status}</td><td>${escapeHtml(title)}</td><td>${code(hint)}</td></tr>`,
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Sluice API</title><link rel="stylesheet" href="/docs/style.css"></head><body>
<h1>Sluice API ${escapeHtml(version)}</h1>
<p>All paths are below <code>${API_PREFIX}</code>; machines read <a href="${API_PREFIX}/openapi.json">openapi.json</a>.
Lists are <code>{items, nextCursor}</code>. Errors are problems (RFC 9457), listed at the end. <code>GET</code> changes nothing;
each <code>POST</code> needs the header <code>Content-Type: application/json</code>, also without a body, and is refused with
<code>UnsupportedMediaType</code> otherwise. Every route can answer <code>InvalidRequest</code>, <code>HostNotAllowed</code>, <code>OriginNotAllowed</code> and
<code>Internal</code>.</p>
<pre>curl -s -X POST ${API_PREFIX}/jobs/clicks-dev/operations \\
  -H 'content-type: application/json' -d '{"kind": "deploy", "release": "clicks/1.0.0"}'</pre>
${sections.join('\n')}
<h2>errors</h2><table><tr><th>code</th><th>status</th><th>what</th><th>what to do</th></tr>${errors.join('')}</table>
</body></html>
`;
}

function routeSection(route: Route): string {
  const { method, path, summary, query, headers, body, answers } = route;
  const parameters = query && 'shape' in query ? Object.keys(query.shape as object) : [];
  const line = (label: string, values: readonly string[]): string =>
    values.length === 0 ? '' : `<br>${label}: ${values.map((value) => `<code>${escapeHtml(value)}</code>`).join(', ')}`;
  const says = Object.entries(answers).map(([status, { description }]) => `${status} ${description}`);
  return `<h3><code><span class="method">${method.toUpperCase()}</span> ${escapeHtml(path)}</code></h3>
<p>${escapeHtml(summary)}. ${says.map(escapeHtml).join('; ')}.${line('query', parameters)}${line('headers', Object.keys(headers ?? {}))}${line('errors', ownProblemsOf(route))}</p>${body ? bodySection(body) : ''}`;
}

/** Shows the fields of a body: one table, or one for each kind where the body is one of several. */
function bodySection({ schema, text = [], optional = false }: NonNullable<Route['body']>): string {
  const types = ['application/json', ...text].map((type) => `<code>${type}</code>`).join(' or ');
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const kinds = json.oneOf ?? json.anyOf ?? [json];
  return `<p>body: ${types}${optional ? ', which may be empty' : ''}</p>${kinds.map((kind) => fieldTable(kind)).join('')}`;
}

type JsonSchema = z.core.JSONSchema._JSONSchema;

function fieldTable(schema: JsonSchema): string {
  if (typeof schema === 'boolean') return '';
  const rows = Object.entries(schema.properties ?? {}).map(([name, field]) => {
    const need = schema.required?.includes(name) === true ? 'required' : '';
    const meaning = typeof field === 'object' ? (field.description ?? '') : '';
    return `<tr><td><code>${escapeHtml(name)}</code></td><td>${need}</td><td><code>${escapeHtml(typeOf(field))}</code></td><td>${code(meaning)}</td></tr>`;
  });
  return rows.length === 0 ? '' : `<table>${rows.join('')}</table>`;
}

/** Names the type of a field in a few words; the OpenAPI document has all of it. */
function typeOf(field: JsonSchema): string {
  if (typeof field === 'boolean') return 'anything';
  if (field.const !== undefined) return JSON.stringify(field.const);
  if (field.enum) return field.enum.map((value) => JSON.stringify(value)).join(' | ');
  const choices = field.anyOf ?? field.oneOf;
  if (choices) return choices.map(typeOf).join(' | ');
  if (field.type === 'array')
    return `[${Array.isArray(field.items) || !field.items ? 'anything' : typeOf(field.items)}]`;
  return [field.type ?? 'anything'].flat().join(' | ');
}
