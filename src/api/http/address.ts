/** The address from which a request comes. */
import { isIP } from 'node:net';
import type { Request } from 'express';

/** The peer; behind a proxy that the configuration trusts, the address that this proxy saw. */
export function addressOf({ ip, socket }: Pick<Request, 'ip' | 'socket'>): string {
  const address = [ip, socket.remoteAddress].map((one) => one?.replace(/^::ffff:/i, '')).find((one) => isIP(one ?? ''));
  return address ?? 'unknown';
}
