/*
 * DNS names in certificates: the "preferred name syntax" of RFC 1034 §3.5 that RFC 5280 §4.2.1.6 asks for, in lower case,
 * without a final dot. Names of other alphabets come as A-labels (`xn--`), which are such names.
 */

/** `presented`: a SAN, which may have `*` for its whole leftmost label (RFC 9525 §6.3) with two labels or more after it. */
export function parseDnsName(text: string, kind: 'presented' | 'reference' | 'constraint'): string | undefined {
  const name = text.toLowerCase();
  if (kind === 'presented' && name.startsWith('*.')) {
    const parent = name.slice(2);
    return isHostName(parent) && parent.includes('.') ? name : undefined;
  }
  if (kind === 'constraint' && name === '') return name; // every DNS name
  return isHostName(name) ? name : undefined;
}

/** Labels of letters, digits and inner hyphens; the last is not all digits, or the name would be an IPv4 address. */
function isHostName(name: string): boolean {
  if (name.length === 0 || name.length > 253) return false;
  let start = 0;
  let numeric = true;
  for (let i = 0; i <= name.length; i++) {
    const unit = i < name.length ? name.charCodeAt(i) : 0x2e;
    if (unit === 0x2e) {
      const length = i - start;
      if (length < 1 || length > 63 || name.charCodeAt(i - 1) === 0x2d) return false;
      if (i < name.length) {
        start = i + 1;
        numeric = true;
      }
    } else if (unit === 0x2d) {
      if (i === start) return false;
      numeric = false;
    } else if (unit >= 0x61 && unit <= 0x7a) numeric = false;
    else if (unit < 0x30 || unit > 0x39) return false;
  }
  return !numeric;
}

/** RFC 9525 §6.3: whole names are equal, or `*` stands for exactly one label. Both parsed by `parseDnsName`. */
export function dnsNameMatches(presented: string, reference: string): boolean {
  if (!presented.startsWith('*.')) return presented === reference;
  const dot = reference.indexOf('.');
  return dot > 0 && presented.slice(1) === reference.slice(dot);
}

/** RFC 5280 §4.2.1.10: any name made by adding zero or more labels to the left of the constraint is within it. */
export function isWithinDnsName(name: string, constraint: string): boolean {
  return constraint === '' || name === constraint || name.endsWith(`.${constraint}`);
}

/** True if some name that `presented` stands for is within the constraint (RFC 5280 §4.2.1.10): `*.example.com` can be `bar.example.com`. */
export function canBeWithinDnsName(presented: string, constraint: string): boolean {
  return (
    isWithinDnsName(presented, constraint) || (presented.startsWith('*.') && dnsNameMatches(presented, constraint))
  );
}
