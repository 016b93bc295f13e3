/** HandshakeType, RFC 9846 §4; those of other versions too, so that what is refused has a name. */
export const HandshakeType = {
  hello_request: 0,
  client_hello: 1,
  server_hello: 2,
  hello_verify_request: 3,
  new_session_ticket: 4,
  end_of_early_data: 5,
  hello_retry_request: 6,
  encrypted_extensions: 8,
  certificate: 11,
  server_key_exchange: 12,
  certificate_request: 13,
  server_hello_done: 14,
  certificate_verify: 15,
  client_key_exchange: 16,
  finished: 20,
  certificate_url: 21,
  certificate_status: 22,
  key_update: 24,
  compressed_certificate: 25,
  message_hash: 254,
} as const;

export type HandshakeName = keyof typeof HandshakeType;

const isName = (name: string): name is HandshakeName => Object.hasOwn(HandshakeType, name);

const names: ReadonlyMap<number, HandshakeName> = new Map(
  Object.keys(HandshakeType)
    .filter(isName)
    .map((name) => [HandshakeType[name], name]),
);

/** The name of a HandshakeType (RFC 9846 §4), undefined for one that no TLS knows. */
export const handshakeType = (type: number): HandshakeName | undefined => names.get(type);

/** For people: the name of a HandshakeType (RFC 9846 §4), or its number. */
export const handshakeName = (type: number): string => names.get(type) ?? `handshake_type_${type}`;
