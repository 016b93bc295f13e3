/** ExtensionType, RFC 9846 §4.2, as far as this stack sends, understands or must refuse them. */
export const ExtensionType = {
  server_name: 0,
  max_fragment_length: 1,
  status_request: 5,
  supported_groups: 10,
  ec_point_formats: 11,
  signature_algorithms: 13,
  use_srtp: 14,
  heartbeat: 15,
  application_layer_protocol_negotiation: 16,
  signed_certificate_timestamp: 18,
  client_certificate_type: 19,
  server_certificate_type: 20,
  padding: 21,
  extended_main_secret: 23,
  record_size_limit: 28,
  pre_shared_key: 41,
  early_data: 42,
  supported_versions: 43,
  cookie: 44,
  psk_key_exchange_modes: 45,
  certificate_authorities: 47,
  oid_filters: 48,
  post_handshake_auth: 49,
  signature_algorithms_cert: 50,
  key_share: 51,
  renegotiation_info: 0xff01,
} as const;

const names = new Map(Object.entries(ExtensionType).map(([name, code]) => [code as number, name]));

/** For people: the name of an extension (RFC 9846 §4.2), or its number. */
export const extensionName = (type: number): string => names.get(type) ?? `extension_${type}`;
