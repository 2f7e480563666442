/** Fakes as real HTTP servers on loopback. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { wireOf, type Answer, type FakeReply, type Transport } from './transport.ts';

export const httpTransport: Transport = async (served) => {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://fake');
    bodyOf(request)
      .then((text) =>
        served.answer({ method: request.method ?? 'GET', path: url.pathname, query: url.searchParams, text }),
      )
      .then((answer) => write(request, response, answer))
      .catch(() => request.socket.destroy());
  });
  server.on('connection', (socket) => {
    if (served.isUnreachable()) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`, // of a server that listens on TCP
    cut: () => server.closeAllConnections(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

function write(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  switch (answer.kind) {
    case 'reply':
      send(response, answer.reply);
      return;
    case 'cut':
      request.socket.destroy();
      return;
    case 'truncated': {
      const { type, text } = wireOf(answer.reply);
      response.writeHead(answer.reply.status, { 'content-type': type, 'content-length': text.length });
      response.write(text.slice(0, text.length >> 1), () => request.socket.destroy());
    }
  }
}

function send(response: ServerResponse, reply: FakeReply): void {
  if (response.headersSent || response.destroyed) return;
  const { type, text } = wireOf(reply);
  response.writeHead(reply.status, { 'content-type': type, ...reply.headers });
  response.end(text);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
