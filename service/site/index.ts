/*
 * The public face of the site: the piñata's own page and its HTTP/1.1 responder, pure.
 *
 *   const site = createSite(source);
 *   let step = site.step(site.open(), bytes);      // and again with step.connection
 *
 * The host writes `out`, stops reading while `more`, then steps with 'drained'; ends the connection on `close`.
 */

export type { Challenges, TicketDocument } from './challenges.ts';
export type { BillOfMaterials } from './cyclone-dx.ts';
export type { PairsDocument, StatusDocument } from './documents.ts';
export type { CredentialDocument, EvidenceStore } from './evidence.ts';
export type { HttpConnection, HttpEvent, HttpInput, HttpStep } from './http.ts';
export {
  createManagementSite,
  type LogDocument,
  type ManagementSite,
  type ManagementSource,
} from './management-site.ts';
export type { LogLineView, ManagementView } from './management-view.ts';
export type { OwnHandshake } from './router.ts';
export { createSite, type Site, type SiteSource, type Visit } from './site.ts';
export * from './view.ts';
