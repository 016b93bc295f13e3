import { type Codec, empty, opaque, opaqueVector, uint8, uint16, vector } from './presentation.ts';

/* The messages that TLS 1.2 has in another form than TLS 1.3, or alone: RFC 5246 §7.4, RFC 8422 §5. */

const asn1Cert = opaqueVector('ASN.1Cert', 3, 1, 0xffffff);

/** §7.4.2 */
export const certificate12: Codec<readonly Uint8Array[]> = {
  ...vector(asn1Cert, 'certificate_list', 3, 0, 0xffffff),
  name: 'Certificate',
};

const NAMED_CURVE = 3;

export interface ServerEcdhParams {
  readonly namedGroup: number;
  readonly publicValue: Uint8Array;
}

/** RFC 8422 §5.4 */
export const serverEcdhParams: Codec<ServerEcdhParams> = {
  name: 'ServerECDHParams',
  decode(reader) {
    const type = reader.field(uint8('curve_type'));
    if (type !== NAMED_CURVE) reader.invalid(`curve_type is ${type}; only named_curve (3) is allowed`);
    return {
      namedGroup: reader.field(uint16('namedcurve')),
      publicValue: reader.field(opaqueVector('point', 1, 1, 255)),
    };
  },
  encode(writer, { namedGroup, publicValue }) {
    writer.uint(1, NAMED_CURVE).uint(2, namedGroup);
    opaqueVector('point', 1, 1, 255).encode(writer, publicValue);
  },
};

export interface SignedParams {
  readonly params: ServerEcdhParams;
  readonly algorithm: number;
  readonly signature: Uint8Array;
}

/** RFC 8422 §5.4: the parameters, and the server's signature over both randoms and them. */
export const serverKeyExchange: Codec<SignedParams> = {
  name: 'ServerKeyExchange',
  decode: (reader) => ({
    params: reader.field(serverEcdhParams),
    algorithm: reader.field(uint16('SignatureAndHashAlgorithm')),
    signature: reader.field(opaqueVector('signature', 2, 0, 0xffff)),
  }),
  encode(writer, { params, algorithm, signature }) {
    serverEcdhParams.encode(writer, params);
    writer.uint(2, algorithm);
    opaqueVector('signature', 2, 0, 0xffff).encode(writer, signature);
  },
};

export interface CertificateRequest12 {
  readonly certificateTypes: readonly number[];
  readonly signatureSchemes: readonly number[];
  readonly authorities: readonly Uint8Array[];
}

/** RFC 5246 §7.4.4, RFC 8422 §5.5: rsa_sign, ecdsa_sign (Ed25519 goes with it). */
export const ClientCertificateType = { rsa_sign: 1, ecdsa_sign: 64 } as const;

const certificateTypes = vector(uint8('ClientCertificateType'), 'certificate_types', 1, 1, 255);
const schemes = vector(uint16('SignatureAndHashAlgorithm'), 'supported_signature_algorithms', 2, 2, 0xfffe);
const authorityNames = vector(opaqueVector('DistinguishedName', 2, 1, 0xffff), 'certificate_authorities', 2, 0, 0xffff);

export const certificateRequest12: Codec<CertificateRequest12> = {
  name: 'CertificateRequest',
  decode: (reader) => ({
    certificateTypes: reader.field(certificateTypes),
    signatureSchemes: reader.field(schemes),
    authorities: reader.field(authorityNames),
  }),
  encode(writer, request) {
    certificateTypes.encode(writer, request.certificateTypes);
    schemes.encode(writer, request.signatureSchemes);
    authorityNames.encode(writer, request.authorities);
  },
};

/** §7.4.5 */
export const serverHelloDone: Codec<true> = empty('ServerHelloDone');

/** RFC 8422 §5.7 */
export const clientKeyExchange: Codec<Uint8Array> = {
  ...opaqueVector('ecdh_Yc', 1, 1, 255),
  name: 'ClientKeyExchange',
};

/** §7.4.9 */
export const finished12: Codec<Uint8Array> = { ...opaque('verify_data', 12), name: 'Finished' };
