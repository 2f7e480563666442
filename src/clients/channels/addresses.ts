/** Tells to which addresses a message may go, so that nobody makes Sluice ask a system of the inside (SSRF). */
import ipaddr from 'ipaddr.js';

/** Ranges of the inside that `allowPrivate` opens. Ranges that stand for other addresses, such as IPv4-mapped ones, are never taken. */
const OF_THE_INSIDE: ReadonlySet<string> = new Set(['private', 'loopback', 'uniqueLocal', 'carrierGradeNat']);

/** Services that give credentials to every machine of a cloud; 169.254.169.254 is of a range that is never taken. */
const METADATA: ReadonlySet<string> = new Set(['fd00:ec2::254', 'fd20:ce::254', '100.100.100.200', '168.63.129.16']);

/** Says why no message goes to an address; null where it may. */
export function refusalOfAddress(address: string, allowPrivate: boolean): string | null {
  if (!ipaddr.isValid(address)) return `${address} is no address`;
  const parsed = ipaddr.parse(address);
  const range: string = parsed.range();
  if (METADATA.has(parsed.toString())) return `${address} is the metadata service of a cloud`;
  if (range === 'unicast') return null;
  if (!OF_THE_INSIDE.has(range)) return `${address} is of the range ${range}, to which no message goes`;
  return allowPrivate ? null : `${address} is of the range ${range}: set allowPrivate for a receiver of the inside`;
}
