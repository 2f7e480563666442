/** The ways in which an API is lost to a page, one switch for each. */
import type { RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Has `first` answer the requests of the server. @param another makes the API of another version. */
export function createOutages(server: Server, first: RequestListener, another: (version: string) => RequestListener) {
  const { port } = server.address() as AddressInfo; // it listens
  const streams = new Set<ServerResponse>();
  let listener = first;
  let hasStreams = true;
  server.on('request', (request, response) => {
    if (/\/events\b/.test(request.url ?? '')) {
      if (!hasStreams) {
        request.socket.destroy();
        return;
      }
      streams.add(response);
      response.on('close', () => streams.delete(response));
    }
    listener(request, response);
  });
  return {
    /** Refuses connections, and cuts those that there are. */
    async down(on = true): Promise<void> {
      if (!on) {
        await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
        return;
      }
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
    /** Cuts every stream of events, as a proxy in between may; all else is answered. */
    cutStreams(on = true): void {
      hasStreams = !on;
      if (on) for (const stream of streams) stream.destroy();
    },
    /** Another version answers from now on. */
    become(version: string): void {
      listener = another(version);
      for (const stream of streams) stream.destroy();
    },
  };
}
