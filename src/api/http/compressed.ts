/** Compresses answers, but none that could give a secret away or that must arrive at once. */
import compression from 'compression';
import type { RequestHandler } from 'express';

/**
 * Compresses what GETs read. The length of a compressed answer tells whether it repeats what the request said (BREACH), so
 * that answers with a secret stay as they are: those of POST, such as a new token, and those about the session. Streams stay as
 * they are too, since an event must not wait in a buffer, and 500 of them would need a window of zlib each.
 */
export const compressed = (): RequestHandler =>
  compression({
    filter: (request, response) =>
      (request.method === 'GET' || request.method === 'HEAD') &&
      !/\/(session|tokens|login)\b/.test(request.path) &&
      response.getHeader('Content-Type') !== 'text/event-stream' &&
      compression.filter(request, response),
  });
