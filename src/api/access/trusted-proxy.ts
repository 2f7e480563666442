/** Knows people by headers of a proxy in front of the API, which has logged them in. */
import { BlockList, isIPv6 } from 'node:net';
import type { Request } from 'express';
import type { Identity } from '../../domain/access/identity.ts';
import type { ProxySettings } from '../../domain/access/settings.ts';
import { isVisible } from '../../domain/input/field-schemas.ts';
import { Problem } from '../http/problem.ts';

const LONGEST_NAME = 100;

export class TrustedProxy {
  readonly #settings: ProxySettings;
  readonly #addresses = new BlockList();

  /** @throws Error for an address that is none. */
  constructor(settings: ProxySettings) {
    this.#settings = settings;
    for (const network of settings.addresses) {
      const [address = '', bits] = network.split('/');
      const family = isIPv6(address) ? 'ipv6' : 'ipv4';
      if (bits === undefined) this.#addresses.addAddress(address, family);
      else this.#addresses.addSubnet(address, Number(bits), family);
    }
  }

  /**
   * Finds the person whom the proxy names; null where the headers are absent. The address is that of the connection,
   * because every other header can be forged too.
   * @throws Problem `Unauthenticated` for headers from another address, or that occur twice.
   */
  personOf(request: Request): Identity | null {
    const { userHeader, groupsHeader } = this.#settings;
    const given = [userHeader, ...(groupsHeader === undefined ? [] : [groupsHeader])].filter(
      (name) => request.headers[name] !== undefined,
    );
    if (given.length === 0) return null;
    if (!this.#isProxy(request.socket.remoteAddress ?? ''))
      throw refused(
        `The header ${given[0] ?? ''} counts from the trusted proxy only, and this request came from elsewhere`,
      );
    const twice = given.find((name) => countOf(request, name) > 1);
    // A proxy that adds its header to that of the caller, instead of replacing it, lets callers choose their name.
    if (twice !== undefined) throw refused(`The header ${twice} occurs twice: let the proxy remove it from requests`);
    const name = request.get(userHeader)?.trim() ?? '';
    if (name === '') return null;
    if (name.length > LONGEST_NAME || !isVisible(name)) throw refused(`The header ${userHeader} is not a name`);
    return { subject: name, name, groups: groupsIn(groupsHeader === undefined ? '' : request.get(groupsHeader)) };
  }

  #isProxy(remote: string): boolean {
    const address = remote.replace(/^::ffff:(?=\d+\.)/, '');
    return address !== '' && this.#addresses.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }
}

const countOf = ({ rawHeaders }: Request, name: string): number =>
  rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length;

const groupsIn = (header = ''): string[] =>
  header
    .split(',')
    .map((group) => group.trim())
    .filter((group) => group !== '');

const refused = (detail: string): Problem => new Problem('Unauthenticated', detail);
