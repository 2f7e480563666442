/** A pipe on loopback for what is not HTTP/1.1 (Temporal speaks gRPC): connections can be cut, refused or stand still. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface TcpProxy {
  /** `host:port` */
  readonly address: string;
  /** Cuts all connections; new ones are cut at once until `mend`. */
  cut(): void;
  /** Connections stay, but nothing goes through, in neither direction, until `mend`. */
  pause(): void;
  mend(): void;
  close(): Promise<void>;
}

export async function startTcpProxy({ upstream }: { /** `host:port` */ readonly upstream: string }): Promise<TcpProxy> {
  const { hostname: host, port } = new URL(`tcp://${upstream}`);
  const pairs = new Set<readonly [Socket, Socket]>();
  let state: 'open' | 'cut' | 'paused' = 'open';

  const server = createServer({ pauseOnConnect: true }, (client) => {
    if (state === 'cut') return void client.resetAndDestroy();
    const behind = connect({ host, port: Number(port) });
    const pair = [client, behind] as const;
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      for (const socket of pair) socket.destroy();
    };
    for (const [from, to] of [pair, [behind, client] as const]) {
      from.on('data', (chunk) => {
        if (!to.write(chunk)) from.pause();
      });
      to.on('drain', () => {
        if (state !== 'paused') from.resume();
      });
      from.on('error', end);
      from.on('close', end);
    }
    if (state === 'open') client.resume();
    else behind.pause();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const sockets = (): Socket[] => [...pairs].flat();
  const cutAll = (): void => {
    for (const socket of sockets()) socket.resetAndDestroy();
  };

  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`, // not a pipe
    cut() {
      state = 'cut';
      cutAll();
    },
    pause() {
      state = 'paused';
      for (const socket of sockets()) socket.pause();
    },
    mend() {
      state = 'open';
      for (const socket of sockets()) socket.resume();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        cutAll();
      }),
  };
}
