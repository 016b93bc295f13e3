import type { FailureEntries } from './failure-entry.ts';

/** Messages and what they negotiate (RFC 9846 §4), in the order in which they are judged. */
export const failuresOfHandshakes = {
  'handshake.unexpected': {
    nature: 'failed',
    title: 'A message that has no place in this state of the handshake (SMACK, early ChangeCipherSpec)',
    article: { wording: '3 % … unexpected handshake record', count: 630, exact: false },
    alerts: ['unexpected_message'],
    bytes: '16 03 03 00 04 14 00 00 00',
    provoke:
      'Finished first; Certificate or CertificateVerify left out; ServerHello to a server; ChangeCipherSpec before any ClientHello',
  },
  'handshake.fragments': {
    nature: 'failed',
    title: 'Part of a message left over where the keys change',
    alerts: ['unexpected_message'],
    provoke: 'a ClientHello with the first byte of another message behind it, in one record',
  },
  'parse.error': {
    nature: 'failed',
    title: 'A message whose lengths or values do not fit: too many bytes, or too few',
    article: { wording: '31 connections which sent too many or too few bytes', count: 31, exact: true },
    alerts: ['decode_error', 'illegal_parameter'],
    bytes: '15 03 01 00 01 02',
    provoke: 'a ClientHello with any length field one too high or too low; an alert of one byte or of three',
  },
  'version.ssl3': {
    nature: 'failed',
    title: 'Offers nothing newer than SSL version 3',
    article: { wording: 'yet another 2 % tried to talk SSL version 3', count: 420, exact: false },
    alerts: ['protocol_version'],
    bytes:
      '16 03 00 00 2d 01 00 00 29 03 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 02 00 04 01 00',
  },
  'version.legacy': {
    nature: 'failed',
    title: 'Offers nothing newer than TLS 1.0 or 1.1',
    alerts: ['protocol_version'],
    provoke: "`openssl s_client -connect HOST:10000 -tls1_1 -cipher 'ALL:@SECLEVEL=0'`",
  },
  'version.unsupported': {
    nature: 'failed',
    title: 'Offers no version that we speak',
    alerts: ['protocol_version'],
    provoke: 'a ClientHello whose supported_versions holds 7f1c, a draft, alone',
  },
  downgrade: {
    nature: 'failed',
    title: 'Something on the way took the newer version out, or the peer fell back without need',
    alerts: ['inappropriate_fallback', 'illegal_parameter'],
    provoke:
      '`openssl s_client -connect HOST:10000 -tls1_2 -fallback_scsv`; on 10002, a ServerHello whose random ends in `DOWNGRD` and 01 or 00 (RFC 9846 §4.1.3)',
  },
  'reneg.missing': {
    nature: 'failed',
    title: 'A TLS 1.2 hello without the secure renegotiation signal',
    article: {
      wording: 'closes a connection if the renegotiation extension is not present … 2 %',
      count: 420,
      exact: false,
    },
    alerts: ['handshake_failure'],
    only: 'TLS 1.2',
    provoke:
      'a TLS 1.2 ClientHello with neither renegotiation_info (ff01) nor TLS_EMPTY_RENEGOTIATION_INFO_SCSV (00ff)',
  },
  'ems.missing': {
    nature: 'failed',
    title: 'A TLS 1.2 hello without extended main secret (triple handshake)',
    alerts: ['handshake_failure'],
    only: 'TLS 1.2',
    provoke: "`gnutls-cli --priority 'NORMAL:-VERS-TLS1.3:%NO_SESSION_HASH' -p 10000 HOST`",
  },
  'cipher.none': {
    nature: 'failed',
    title: 'No cipher suite in common',
    article: { wording: 'Another 2 % did not propose a ciphersuite supported', count: 420, exact: false },
    alerts: ['handshake_failure'],
    provoke: '`openssl s_client -connect HOST:10000 -ciphersuites TLS_AES_128_CCM_SHA256`',
  },
  'group.none': {
    nature: 'failed',
    title: 'No group for the key exchange in common',
    alerts: ['handshake_failure'],
    provoke: '`openssl s_client -connect HOST:10000 -groups X448`',
  },
  'sig.none': {
    nature: 'failed',
    title: 'No signature scheme in common',
    alerts: ['handshake_failure'],
    provoke: '`openssl s_client -connect HOST:10000 -sigalgs RSA-PSS+SHA256`',
  },
  'alpn.missing': {
    nature: 'failed',
    title: 'No application protocol was said where ours insists on one',
    alerts: ['no_application_protocol'],
    provoke: '`openssl s_server` without `-alpn`, joined to port 10002',
  },
  'alpn.mismatch': {
    nature: 'failed',
    title: 'Another application protocol than pinata/1',
    // A client that offers none of ours; a server that selects what we did not offer.
    alerts: ['no_application_protocol', 'illegal_parameter'],
    provoke: '`openssl s_client -connect HOST:10000 -alpn h2`; a server on port 10002 that selects h2',
  },
  'extension.missing': {
    nature: 'failed',
    title: 'An extension is missing without which there is no handshake',
    alerts: ['missing_extension'],
    provoke: 'a ClientHello without supported_groups, or without signature_algorithms',
  },
  'extension.invalid': {
    nature: 'failed',
    title: 'An extension twice, unasked for, or where it must not be',
    alerts: ['illegal_parameter', 'unsupported_extension'],
    provoke: 'a ClientHello with server_name twice; on 10002, EncryptedExtensions with an extension we did not offer',
  },
  'parameter.illegal': {
    nature: 'failed',
    title: 'A well-formed field that the RFC forbids or that contradicts another',
    alerts: ['illegal_parameter'],
    provoke: 'a ClientHello that offers TLS compression; on 10002, a ServerHello that echoes another legacy_session_id',
  },
  'key_share.invalid': {
    nature: 'failed',
    title: 'A key share that is no point of its group, or of a group that was not offered',
    alerts: ['illegal_parameter'],
    provoke: 'a ClientHello with an all-zero X25519 share, or a P-256 point off the curve',
  },
  hello_retry: {
    nature: 'failed',
    title: 'A HelloRetryRequest without use, twice, or answered by another hello than it asks for',
    alerts: ['illegal_parameter', 'unexpected_message'],
    only: 'TLS 1.3',
    provoke: 'after a HelloRetryRequest, the first ClientHello once more; on 10002, two HelloRetryRequests',
  },
  client_auth_not_requested: {
    nature: 'failed',
    title: 'A server that does not ask for our certificate: the bait is for mutual authentication alone',
    alerts: ['handshake_failure'],
    provoke: '`openssl s_server -alpn pinata/1` without `-Verify`, with a genuine certificate, joined to port 10002',
  },
  bad_finished: {
    nature: 'failed',
    title: 'A Finished that is not over this handshake',
    alerts: ['decrypt_error'],
    provoke: 'a correctly sealed Finished whose verify_data has one bit changed',
  },
  'alert.received': {
    nature: 'unfinished',
    title: 'The other side ended it by an alert',
    bytes: '15 03 01 00 02 02 28',
    provoke: '`curl https://HOST:8443/` without our authority: unknown_ca',
  },
  'limit.message': {
    nature: 'failed',
    title: 'A handshake message longer than we take',
    alerts: ['illegal_parameter'],
    bytes: '16 03 01 00 04 01 ff ff ff',
    provoke: 'a ClientHello that announces 16 MiB',
  },
  'limit.flood': {
    nature: 'failed',
    title: 'More of the same than we take: empty records, warning alerts, key updates, tickets',
    alerts: ['unexpected_message'],
    provoke: '33 empty records of application data, or 33 KeyUpdate messages, after the handshake on 8443',
  },
  'internal.exception': {
    nature: 'failed',
    title: 'A defect of ours ended it. It must not exist',
    article: {
      wording: 'Another two connections … threw an exception … out-of-bounds access while parsing handshake records',
      count: 2,
      exact: true,
    },
    alerts: ['internal_error'],
    provoke:
      'nothing known does. In 2015 `16 03 01 00 08 01 00 00 06 00 00 00 00` did, which waits here for two bytes more',
  },
} as const satisfies FailureEntries;
