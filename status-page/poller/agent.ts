/** How the poller calls itself to the page of a host (RFC 9110 §10.1.5), which counts it apart: docs/poller.md. */
export const pollerAgent = 'btc-pinata-poller/1 (a status page)';
