/** Tells to which addresses a message may go, so that nobody makes Sluice ask a system of the inside (SSRF). */
import ipaddr from 'ipaddr.js';

/** Ranges of the inside that `allowPrivate` opens. Ranges that stand for other addresses, such as IPv4-mapped ones, are never taken. */
const OF_THE_INSIDE: ReadonlySet<string> = new Set(['private', 'loopback', 'uniqueLocal', 'carrierGradeNat']);

/** Services that give credentials to every machine of a cloud; 169.254.169.254 is of a range that is never taken. */
const METADATA: ReadonlySet<string> = new Set(['fd00:ec2::254', 'fd20:ce::254', '100.100.100.200', '168.63.129.16']);

/** The third quarter of an ISATAP address (RFC 5214): an IPv4 address follows, below any prefix. */
const ISATAP: ReadonlySet<string> = new Set(['0:5efe', '200:5efe']);

/** Tells whether an address stands for one of IPv4 that no range of ipaddr.js covers: `::a.b.c.d` (RFC 4291), and ISATAP. */
function embedsIpv4(parsed: ipaddr.IPv4 | ipaddr.IPv6, range: string): boolean {
  if (!(parsed instanceof ipaddr.IPv6)) return false;
  const hex = parsed.parts.map((part) => part.toString(16));
  const isCompatible = range === 'unicast' && parsed.parts.slice(0, 6).every((part) => part === 0);
  return isCompatible || ISATAP.has(hex.slice(4, 6).join(':'));
}

/** Says why no message goes to an address; null where it may. */
export function refusalOfAddress(address: string, allowPrivate: boolean): string | null {
  if (!ipaddr.isValid(address)) return `${address} is no address`;
  const parsed = ipaddr.parse(address);
  const range: string = parsed.range();
  if (METADATA.has(parsed.toString())) return `${address} is the metadata service of a cloud`;
  if (embedsIpv4(parsed, range)) return `${address} stands for an IPv4 address: name that one instead`;
  if (range === 'unicast') return null;
  if (!OF_THE_INSIDE.has(range)) return `${address} is of the range ${range}, to which no message goes`;
  return allowPrivate ? null : `${address} is of the range ${range}: set allowPrivate for a receiver of the inside`;
}
