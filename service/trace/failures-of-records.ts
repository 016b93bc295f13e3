import type { FailureEntries } from './failure-entry.ts';

/** The record layer, before any message is looked at (RFC 9846 §5). */
export const failuresOfRecords = {
  'record.unknown_version': {
    nature: 'failed',
    title: 'A TLS record of a version that does not exist',
    article: {
      wording: 'unknown record version … 10 % of all TLS connections, that of not_tls included',
      count: 1_100,
      exact: false,
    },
    alerts: ['protocol_version'],
    bytes: '16 05 00 00 01 00',
  },
  'record.not_tls': {
    nature: 'failed',
    title: 'Not TLS at all: the first bytes are those of something else',
    article: {
      wording: 'Another 1000 failed due to invalid input as the first bytes … telnet',
      count: 1_000,
      exact: false,
    },
    alerts: ['protocol_version'],
    bytes: '70 6c 65 61 73 65 20 67 69 76 65 20 6b 65 79 0d 0a',
    provoke:
      '`echo please give key | nc HOST 10000`; also `GET / HTTP/1.1`, `SSH-2.0-`, an SSLv2 hello, an RDP request',
  },
  'record.unknown_type': {
    nature: 'failed',
    title: 'A record of a content type that does not exist',
    alerts: ['unexpected_message'],
    bytes: '63 03 03 00 01 00',
  },
  heartbeat: {
    nature: 'failed',
    title: 'A heartbeat record, which nobody asked for (Heartbleed)',
    article: {
      wording: '6 %, were attempted Heartbeat packets (popular due to Heartbleed)',
      count: 1_260,
      exact: false,
    },
    alerts: ['unexpected_message'],
    bytes: '18 03 02 00 03 01 40 00',
    provoke: 'the same after the ClientHello, or as inner type 24',
  },
  'record.overflow': {
    nature: 'failed',
    title: 'A record longer than a record may be',
    alerts: ['record_overflow'],
    bytes: '16 03 01 40 01',
    provoke: 'an encrypted record of more than 2^14 + 256 bytes',
  },
  'record.empty': {
    nature: 'failed',
    title: 'A record that says nothing where it must say something',
    alerts: ['unexpected_message'],
    bytes: '16 03 01 00 00',
    provoke: 'an encrypted record of padding alone',
  },
  bad_record_mac: {
    nature: 'failed',
    title: 'An encrypted record that does not open: it was changed, or sealed with another key',
    alerts: ['bad_record_mac'],
    provoke: 'flip one bit of the first encrypted record after the ServerHello',
  },
  'application_data.early': {
    nature: 'failed',
    title: 'Application data before the handshake was done',
    alerts: ['unexpected_message'],
    bytes: '17 03 03 00 01 00',
    provoke: 'application data in place of Finished',
  },
} as const satisfies FailureEntries;
