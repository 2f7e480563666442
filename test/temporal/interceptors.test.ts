/**
 * A call that is to be tried again when its connection is closed ends, and takes nothing else with it.
 *
 * Seen to fail: with the SDK's retries alone the call never ends, and the error that nobody can catch ends the process.
 */
import { once } from 'node:events';
import { createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { connectClient } from '../../src/temporal/connection/connection.ts';

const UNAVAILABLE = '14';

test('a call whose connection is closed before its next try fails', async () => {
  const server = createServer().on('stream', (stream) => {
    const headers = { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': UNAVAILABLE };
    stream.respond(headers, { endStream: true });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`; // a server on a port has one
  const log = { info: () => undefined, warn: () => undefined };
  const access = { address, namespace: 'none', tls: undefined, apiKeyFile: undefined, apiKey: undefined };
  const api = connectClient(access, log);

  const call = api.connection.workflowService.getSystemInfo({}).catch((failure: unknown) => failure);
  const [stream] = (await once(server, 'stream')) as [ServerHttp2Stream];
  await once(stream, 'close');
  await api.close();
  expect(await call).toMatchObject({
    message: expect.stringContaining('the connection to Temporal is closed') as string,
  });
  server.close();
});
