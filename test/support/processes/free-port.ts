/** A free port for a server that is still to be started, because its address is in its configuration. */
import { createServer, type AddressInfo } from 'node:net';

export const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo; // a server on a port has one
      server.close(() => resolve(port));
    });
  });
