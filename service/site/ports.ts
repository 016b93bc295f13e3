import type { PortName, SiteView } from './view.ts';

/** The doors in a word or two. */
const stances: Readonly<Record<PortName, string>> = {
  http: 'the website by HTTP',
  https: 'the website by HTTPS',
  server: 'it is the server',
  dialback: 'it calls back',
  reverse: 'it is the client',
};

/** `10000, it is the server` */
export const portText = ({ endpoints }: SiteView, port: PortName): string =>
  `${endpoints.ports[port]}, ${stances[port]}`;
