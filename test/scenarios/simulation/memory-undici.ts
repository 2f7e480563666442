/** The part of undici that the clients use, over the network in memory; the scenario project puts it in undici's place. */
import { wireOf } from '../../fakes/transport.ts';
import type { MemoryNetwork } from './memory-network.ts';

let network: MemoryNetwork | null = null;

/** The network that requests go over from now on. */
export function connectTo(memory: MemoryNetwork | null): void {
  network = memory;
}

interface RequestOptions {
  readonly method: string;
  readonly signal: AbortSignal;
  readonly body?: string;
}

export class Agent {
  readonly isInMemory = true;
}

export async function request(url: URL, { method, signal, body }: RequestOptions) {
  if (!network) throw new Error('no network in memory is connected');
  signal.throwIfAborted();
  const asked = { method, path: url.pathname, query: url.searchParams, text: body ?? '' };
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  const answer = await Promise.race([network.ask(url.host, asked), aborted]);
  if (answer.kind === 'cut') throw new Error('other side closed');
  const { type, text } = wireOf(answer.reply);
  return {
    statusCode: answer.reply.status,
    headers: { 'content-type': type, ...answer.reply.headers },
    body: bodyOf(text, answer.kind === 'truncated'),
  };
}

async function* bodyOf(text: string, isTruncated: boolean): AsyncGenerator<Buffer> {
  await Promise.resolve();
  const bytes = Buffer.from(text);
  yield isTruncated ? bytes.subarray(0, bytes.length >> 1) : bytes;
  if (isTruncated) throw new Error('terminated');
}
