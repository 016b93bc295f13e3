/** The public face of x509: all that tls/ and bounty/ may import. */
export { chooseBaseTable } from './base-point.ts';
export { type Certificate, decodeCertificate } from './certificate.ts';
export { type CertificateField, certificateFields } from './certificate-fields.ts';
export { distinguishedNameText } from './distinguished-name.ts';
export type { Extensions } from './extensions.ts';
export {
  type AuthorityRequest,
  type IssuedCertificate,
  issueAuthority,
  issueLeaf,
  type LeafRequest,
} from './issue.ts';
export { isValidatedPath, type PathRequest, pathLimits, type ValidatedPath, validatePath } from './path.ts';
export { decodePem, encodePem } from './pem.ts';
export { prepareKey } from './prepared-key.ts';
export {
  exportPkcs8,
  generatePrivateKey,
  isPrivateKey,
  type PrivateKey,
  type PrivateKeyType,
  privateKeyEntropyLength,
} from './private-key.ts';
export type { PublicKey } from './public-key.ts';
export { type Refusal, type RefusalReason, refusalReasons } from './refusal.ts';
export { failure, type Result, success } from './result.ts';
export { type SignatureAlgorithm, verifySignature } from './signature.ts';
