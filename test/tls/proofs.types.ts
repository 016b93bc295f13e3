import type { ServerContext } from '../../service/tls/server.ts';
import type { ServerHandlers, ServerStates } from '../../service/tls/states.ts';
import { success } from '../../service/x509/index.ts';

/*
 * What must not compile. `npm run typecheck` is the test: an expectation below that is not an error is one itself.
 */
type Handler<
  State extends keyof ServerHandlers<ServerContext>,
  Message extends keyof ServerHandlers<ServerContext>[State],
> = ServerHandlers<ServerContext>[State][Message];

/** The table sends wait_certificate to wait_certificate_verify alone: S1, a skipped CertificateVerify. */
export const skipsCertificateVerify: Handler<'wait_certificate', 'certificate'> = (state) =>
  // @ts-expect-error wait_finished does not follow Certificate, and holds a proof that nobody has made
  success({ state: { ...state, name: 'wait_finished' as const }, outputs: [] });

/** A client that must authenticate cannot be let through as one that need not: S2. */
export const forgetsAuthentication: Handler<'wait_certificate', 'certificate'> = (state) =>
  // @ts-expect-error wait_finished_anonymous does not follow Certificate
  success({ state: { ...state, name: 'wait_finished_anonymous' as const }, outputs: [] });

/** connected holds a VerifiedPeer, which takes two proofs: S3. */
export const skipsFinished: Handler<'wait_certificate_verify', 'certificate_verify'> = (state) =>
  // @ts-expect-error connected does not follow CertificateVerify
  success({ state: { ...state, name: 'connected' as const }, outputs: [] });

// @ts-expect-error a state without its proof is no state
export const withoutProof: Pick<ServerStates['wait_finished'], 'name' | 'certificate'> = { name: 'wait_finished' };

/** The shape of a proof is not the proof: #private fields make the type nominal. */
// @ts-expect-error an object that looks like a CertificateVerified is none
export const lookalike: ServerStates['wait_finished']['certificate'] = { path: undefined };
