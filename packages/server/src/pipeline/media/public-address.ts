import ipaddr from 'ipaddr.js';

/** NAT64 prefixes (RFC 6052, RFC 8215): their last 32 bits are an IPv4 address. */
const NAT64 = [ipaddr.parseCIDR('64:ff9b::/96'), ipaddr.parseCIDR('64:ff9b:1::/48')];

/**
 * Whether an address lies on the public internet: nothing private, loopback, link-local, shared (CGNAT), multicast,
 * reserved or documentation, and no IPv6 form that leads to such an IPv4 address.
 */
export function isPublicAddress(address: string): boolean {
  // A zone (`fe80::1%eth0`) only occurs on local addresses.
  if (address.includes('%') || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed instanceof ipaddr.IPv4) return parsed.range() === 'unicast';
  if (parsed.isIPv4MappedAddress()) return isPublicAddress(parsed.toIPv4Address().toString());
  if (NAT64.some((prefix) => parsed.match(prefix))) return false;
  // Global unicast is 2000::/3 (RFC 4291); the library names the special blocks within it, 6to4 and Teredo among them.
  return parsed.range() === 'unicast' && (parsed.parts[0] ?? 0) >>> 13 === 1;
}
