import type { FailureEntries } from './failure-entry.ts';

/** Who the peer is: Certificate, its path (RFC 5280 §6) and CertificateVerify. */
export const failuresOfCertificates = {
  'cert.none': {
    nature: 'failed',
    title: 'No certificate was presented',
    article: { wording: 'No X.509 certificate was presented in 1200', count: 1_200, exact: false },
    alerts: ['certificate_required'],
    provoke: '`openssl s_client -connect HOST:10000`',
  },
  'cert.too_many': {
    nature: 'failed',
    title: 'More than five certificates, or a path of more than five',
    alerts: ['bad_certificate'],
    provoke: '`openssl s_client -connect HOST:10000 -cert leaf.pem -key leaf.key -cert_chain six.pem`',
  },
  'cert.too_big': {
    nature: 'failed',
    title: 'Certificates of more than 16 KiB',
    alerts: ['bad_certificate'],
    provoke: 'a leaf with 20 000 bytes of subject alternative names',
  },
  reflection: {
    nature: 'failed',
    title: 'Something of ours shown back to us: our own certificate in our own role, or our own key share',
    alerts: ['bad_certificate', 'illegal_parameter'],
    provoke: 'on 10002, a ServerHello that repeats the key share of our ClientHello',
  },
  'asn1.rejected': {
    nature: 'failed',
    title: 'A certificate that is not strict DER, or not a certificate',
    article: {
      wording: 'Two traces contained certificate structures which our ASN.1 parser rejected',
      count: 2,
      exact: true,
    },
    alerts: ['bad_certificate'],
    provoke: 'a certificate cut short, of indefinite length, nested 500 deep, or with an OID of 254 000 arcs',
  },
  'x509.profile': {
    nature: 'failed',
    title: 'A certificate outside the profile of RFC 5280: its names, its serial, an extension twice',
    alerts: ['bad_certificate'],
    provoke: 'a leaf with a serial of 21 bytes, or with basicConstraints twice',
  },
  'x509.algorithm': {
    nature: 'failed',
    title: 'A key or a signature algorithm that we do not take, or two that disagree',
    alerts: ['bad_certificate', 'unsupported_certificate'],
    provoke:
      '`openssl req -x509 -newkey rsa:1024 -nodes -sha256 -subj /CN=weak`, and that as client certificate (with `-cipher DEFAULT@SECLEVEL=0`)',
  },
  'x509.version': {
    nature: 'failed',
    title: 'A certificate that is not of X.509 version 3',
    article: { wording: 'Some certificates were not of X.509 version 3' },
    alerts: ['unsupported_certificate'],
    provoke: '`openssl x509 -req` without extensions makes a version 1 certificate',
  },
  'x509.expired': {
    nature: 'failed',
    title: 'A certificate that has expired, or is not valid yet',
    article: { wording: 'or were expired' },
    alerts: ['certificate_expired'],
    provoke: 'a leaf whose notAfter is past, or whose notBefore (sub-key `not_yet_valid`) is to come',
  },
  'x509.self_signed': {
    nature: 'failed',
    title: 'A self-signed certificate',
    article: { wording: 'Several other certificates were self-signed' },
    alerts: ['unknown_ca'],
    provoke:
      '`openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=hacker`, and that as client certificate; or `/ca.pem`',
  },
  'x509.leaf_is_ca': {
    nature: 'failed',
    title: 'A leaf that says it is an authority',
    article: { wording: 'Several … BasicConstraints = true' },
    alerts: ['unsupported_certificate'],
    provoke: 'a leaf with basicConstraints CA:TRUE under an authority of your own',
  },
  'x509.no_anchor': {
    nature: 'failed',
    title: 'A certificate of another authority than ours',
    article: {
      wording: 'The majority of these failures (58) … not signed by our trust anchor',
      count: 58,
      exact: true,
    },
    alerts: ['unknown_ca'],
    provoke: 'a leaf under an authority of your own, or a client certificate of any public one',
  },
  'x509.chain_broken': {
    nature: 'failed',
    title: 'A chain whose certificates do not belong together, or whose issuers may not issue',
    article: {
      wording: 'Several certificate chains were not pairwise signed, a common attack vector',
    },
    alerts: ['bad_certificate'],
    provoke: 'your leaf, then ours of `/certificates.pem`, then our authority; the same out of order',
  },
  'x509.critical_extension': {
    nature: 'failed',
    title: 'A critical extension that we do not know',
    alerts: ['unsupported_certificate'],
    provoke: 'a leaf in the name of our authority with a critical extension 1.2.3.4',
  },
  'x509.name_constraints': {
    nature: 'failed',
    title: 'A name that its authority may not certify',
    alerts: ['bad_certificate'],
    provoke: 'a leaf in the name of our authority for `www.example.com`',
  },
  'cert.wrong_role': {
    nature: 'failed',
    title: 'A certificate for another role than the one it is shown in',
    alerts: ['unsupported_certificate'],
    provoke: 'a leaf in the name of our authority whose extended key usage is serverAuth, as a client',
  },
  'sni.mismatch': {
    nature: 'failed',
    title: 'A certificate for another name than the one of its role',
    alerts: ['bad_certificate'],
    provoke: 'a leaf in the name of our authority, of the right role and without its name',
  },
  'x509.bad_signature': {
    nature: 'failed',
    title: 'A certificate whose signature is not that of its issuer',
    article: {
      wording:
        'or contained an invalid signature: … our client certificate, but with a different RSA public key …; another … signature was zeroed out',
    },
    alerts: ['bad_certificate'],
    provoke: 'our client leaf of `/certificates.pem` with your public key in it, or its signature zeroed',
  },
  'sig.invalid': {
    nature: 'failed',
    title: 'A genuine certificate, shown by somebody who does not hold its key',
    article: { wording: '22 of our TLS traces had invalid signatures', count: 22, exact: true },
    alerts: ['decrypt_error', 'illegal_parameter'],
    provoke: 'our client leaf of `/certificates.pem`, and a CertificateVerify by any other key, empty, or of zeros',
  },
} as const satisfies FailureEntries;
