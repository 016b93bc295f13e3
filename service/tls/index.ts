/** The public face of the engine. */
export { AlertDescription, type AlertName, alertName } from './alert.ts';
export type { Annotation } from './annotation.ts';
export {
  type CertificateFacts,
  type CertificateReading,
  explainCertificate,
  readCertificate,
} from './certificate-facts.ts';
export type {
  CertifiedKey,
  Choices,
  ClientConfig,
  Environment,
  ServerConfig,
  SessionStatus,
  Step,
  Trust,
  UnverifiedTrust,
  Version,
} from './contract.ts';
export { entropyLength } from './entropy.ts';
export {
  explainAlert,
  explainChangeCipherSpec,
  explainRecord,
  type JoinedMessage,
} from './explain.ts';
export {
  ConnectionExplainer,
  type ExplainedBytes,
  type ExplainedRecord,
  type ToldRecord,
} from './explain-connection.ts';
export { explainHandshake, type Speaking } from './explain-messages.ts';
export { alertFor, type Fault, type FaultReason, faultReasons } from './fault.ts';
export { type RefusedFirstBytes, refuseFirstBytes, wouldRefuseFirstBytes } from './first-bytes.ts';
export { chooseProvider, type ProviderName } from './kernels/index.ts';
export {
  client,
  close,
  exporter,
  peer,
  receive,
  type Session,
  send,
  server,
  status,
  transcript,
  unverifiedPeer,
} from './session.ts';
export { shownCertificates } from './shown-certificates.ts';
export type { RecordContent, TraceEvent, TranscriptPoint } from './trace-event.ts';
export { isUnverifiedPeer, type UnverifiedPeer } from './unverified-peer.ts';
export { isVerifiedPeer, type VerifiedPeer } from './verified-peer.ts';
