/*
 * The cases of x509-limbo that a validator for one authority, one role and one time does not set out to decide, or decides
 * otherwise on purpose. Every case is run; those named here are held to the verdict that is written here, and everything
 * that is not named to the verdict of the corpus.
 */

export interface OutOfScope {
  readonly why: string;
  /** What we say of them all. */
  readonly verdict: 'accepted' | 'refused';
  readonly cases: readonly string[];
}

export const outOfScope: readonly OutOfScope[] = [
  {
    why: 'revocation lists are not read: certificates live for days, and a generation is revoked by its end (features.md G6)',
    verdict: 'accepted',
    cases: [
      'crl::revoked-certificate-with-crl',
      'crl::crlnumber-missing',
      'crl::crlnumber-critical',
      'crl::issuer-missing-crlsign',
    ],
  },
  {
    why: "the CA/Browser Forum's policy for roots of the Web (7.1.2.1): our anchor is one pinned certificate",
    verdict: 'accepted',
    cases: [
      'webpki::aki::root-with-aki-all-fields',
      'webpki::aki::root-with-aki-ski-mismatch',
      'webpki::eku::root-has-eku',
    ],
  },
  {
    why: "the CA/Browser Forum's policy for common names (7.1.4.3): a common name is never read as a name of a service",
    verdict: 'accepted',
    cases: [
      'webpki::cn::ipv4-hex-mismatch',
      'webpki::cn::ipv4-leading-zeros-mismatch',
      'webpki::cn::ipv6-uppercase-mismatch',
      'webpki::cn::ipv6-uncompressed-mismatch',
      'webpki::cn::ipv6-non-rfc5952-mismatch',
      'webpki::cn::punycode-not-in-san',
      'webpki::cn::utf8-vs-punycode-mismatch',
      'webpki::cn::not-in-san',
      'webpki::cn::case-mismatch',
    ],
  },
  {
    why: "the CA/Browser Forum's policy for subscribers' extensions (7.1.2.7): RFC 5280 allows them",
    verdict: 'accepted',
    cases: [
      'webpki::eku::ee-anyeku',
      'webpki::eku::ee-critical-eku',
      'webpki::san::san-critical-with-nonempty-subject',
    ],
  },
  {
    why: 'the public suffix list is not in the bundle: name constraints say which names the authority may vouch for',
    verdict: 'accepted',
    cases: [
      'webpki::san::public-suffix-multi-label-wildcard-san',
      'webpki::san::public-suffix-private-namespace-wildcard-san',
    ],
  },
  {
    why: 'mail addresses are no names of this stack: under a constraint on them they are refused (RFC 5280 §4.2.1.10)',
    verdict: 'refused',
    cases: [
      'rfc5280::nc::nc-permits-email-exact',
      'rfc5280::nc::nc-permits-email-domain',
      'rfc5280::nc::nc-permits-email-literal-asterisk-exact-match',
      'rfc5280::nc::nc-permits-email-literal-double-asterisk',
      'rfc5280::nc::nc-permits-email-literal-mid-asterisk',
    ],
  },
  {
    why: 'a leaf must not be a CA (features.md G2), as the CA/Browser Forum has it too (webpki::ca-as-leaf)',
    verdict: 'refused',
    cases: ['rfc5280::ca-as-leaf', 'pathlen::validation-ignores-pathlen-in-leaf'],
  },
  {
    why: 'a leaf must name its purpose: without extKeyUsage it would serve every role (threats.md X3)',
    verdict: 'refused',
    cases: ['rfc5280::eku::ee-without-eku'],
  },
  {
    why: 'name constraints must be critical (RFC 5280 §4.2.1.10); contradicts rfc5280::nc::permitted-dns-match-noncritical',
    verdict: 'refused',
    cases: ['webpki::nc::permitted-dns-match-noncritical'],
  },
  {
    why: 'a chain has five certificates at most (features.md F8)',
    verdict: 'refused',
    cases: ['cve::cve-2024-0567'],
  },
  {
    why: 'a serial is positive (RFC 5280 §4.1.2.2); this root of the Web has 0',
    verdict: 'refused',
    cases: ['online::fastly.com'],
  },
];
