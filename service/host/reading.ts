import type { CertificateReading, Reading } from '../site/index.ts';
import { alertName, readCertificate } from '../tls/index.ts';
import { arrows, type ExplainMessage } from './arrows.ts';

/** Of certificates that were read lately: one page shows twenty. */
const remembered = 128;

/** What the pages ask of the engine, which reads and does not judge. */
export function createReading(explain: ExplainMessage): Reading {
  const certificates = new Map<string, CertificateReading>();
  return {
    arrows: (steps) => arrows(steps, explain),
    certificate: (der) => {
      const known = certificates.get(der);
      if (known !== undefined) return known;
      const read = readCertificate(Buffer.from(der, 'hex'));
      certificates.set(der, read);
      if (certificates.size > remembered) {
        for (const oldest of certificates.keys()) {
          certificates.delete(oldest);
          break;
        }
      }
      return read;
    },
    alert: alertName,
  };
}
