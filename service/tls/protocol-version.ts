/** ProtocolVersion, RFC 9846 §4.1.2. */
export const ProtocolVersion = { ssl3: 0x0300, tls10: 0x0301, tls11: 0x0302, tls12: 0x0303, tls13: 0x0304 } as const;

export const versionName = (version: number): string =>
  ({ 768: 'SSL 3', 769: 'TLS 1.0', 770: 'TLS 1.1', 771: 'TLS 1.2', 772: 'TLS 1.3' })[version] ??
  `0x${version.toString(16).padStart(4, '0')}`;
